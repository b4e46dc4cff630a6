"""What the service documents of a job: the properties that may be filtered and sorted."""

import odatafilter as of


class Person(of.Schema):
    """Who owns a job."""

    name = of.String(nullable=False)
    city = of.String()


class Job(of.Schema):
    """A job of the list."""

    id = of.Guid(nullable=False)
    name = of.String(nullable=False)
    state = of.String(enum=("waiting", "active", "success", "failed"), nullable=False)
    created = of.DateTimeOffset(nullable=False)
    size = of.Int64()
    owner = of.Navigation(Person)
