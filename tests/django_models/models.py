"""The items, owners and lines of `engine_cases`, as models of Django."""

from django.db import models


class Owner(models.Model):
    id = models.IntegerField(primary_key=True)
    city = models.TextField(null=True)  # noqa: DJ001 - null and the empty text are two values of OData
    size = models.IntegerField(null=True)
    boss = models.ForeignKey("self", null=True, on_delete=models.CASCADE)

    def __str__(self) -> str:
        return str(self.id)


class Item(models.Model):
    id = models.IntegerField(primary_key=True)
    name = models.TextField(null=True, db_index=True)  # noqa: DJ001
    note = models.TextField(null=True)  # noqa: DJ001
    state = models.TextField(null=True)  # noqa: DJ001
    qty = models.IntegerField(null=True, db_index=True)
    big = models.BigIntegerField(null=True)
    price = models.DecimalField(null=True, max_digits=20, decimal_places=6)
    num = models.FloatField(null=True)
    flag = models.BooleanField(null=True)
    at = models.DateTimeField(null=True)
    day = models.DateField(null=True)
    tod = models.TimeField(null=True)
    dur = models.DurationField(null=True)
    gid = models.UUIDField(null=True)
    sure = models.IntegerField()
    tags = models.JSONField(default=list)
    owner = models.ForeignKey(Owner, null=True, on_delete=models.CASCADE)

    def __str__(self) -> str:
        return str(self.id)


class Line(models.Model):
    qty = models.IntegerField(null=True)
    label = models.TextField(null=True)  # noqa: DJ001
    item = models.ForeignKey(Item, related_name="lines", on_delete=models.CASCADE)

    def __str__(self) -> str:
        return str(self.pk)


class Label(models.Model):
    """Of several items, which have several."""

    text = models.TextField(null=True)  # noqa: DJ001
    items = models.ManyToManyField(Item, related_name="labels")

    def __str__(self) -> str:
        return str(self.pk)


class Painted(models.Model):
    """Members of an enumeration: as bits, and as texts."""

    id = models.IntegerField(primary_key=True)
    bits = models.BigIntegerField(null=True)
    names = models.TextField(null=True)  # noqa: DJ001
    word = models.CharField(max_length=10, null=True)  # noqa: DJ001

    def __str__(self) -> str:
        return str(self.pk)


class SoldItem(Item):
    """An item whose row lies in two tables."""

    buyer = models.CharField(max_length=36, null=True)  # noqa: DJ001 - the text of a GUID

    def __str__(self) -> str:
        return str(self.pk)
