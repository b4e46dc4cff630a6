"""What `odatafilter.query` is made of: the parts of a query, the values of its options, and how clients write them."""
