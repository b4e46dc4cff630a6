"""Plan + item → whether the filter is true for it, by the null rules of OData (URL Conventions §5.1.1)."""
