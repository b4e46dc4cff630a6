"""The examples of the standard, and others of its rules, which are true."""

import pytest
from truth_of_filters import value

TRUE = """
concat(concat(City,', '),Country) eq 'Berlin, Germany'
contains(CompanyName,'Alfreds')
endswith(CompanyName,'Futterkiste')
indexof(CompanyName,'lfreds') eq 1
indexof(CompanyName,'x') eq -1
length(CompanyName) eq 19
startswith(CompanyName,'Alfr')
substring(CompanyName,1) eq 'lfreds Futterkiste'
substring(CompanyName,1,2) eq 'lf'
substring(CompanyName,-2) eq 'te'
substring(CompanyName,-99) eq CompanyName
substring(CompanyName,99) eq ''
hassubset([4,1,3],[4,1,3])
hassubset([4,1,3],[1,3,4])
hassubset([4,1,3],[3,1])
hassubset([4,1,3],[4,3])
hassubset([4,1,3,1],[1,1])
not hassubset([1,2],[1,1,2])
hassubsequence([4,1,3],[4,1,3])
hassubsequence([4,1,3],[4,1])
hassubsequence([4,1,3],[4,3])
hassubsequence([4,1,3,1],[1,1])
not hassubsequence([4,1,3],[1,3,4])
not hassubsequence([4,1,3],[3,1])
not hassubsequence([1,2],[1,1,2])
matchesPattern(CompanyName,'^A.*e$')
tolower(CompanyName) eq 'alfreds futterkiste'
toupper(CompanyName) eq 'ALFREDS FUTTERKISTE'
trim(concat('  ',CompanyName)) eq CompanyName
day(BirthDate) eq 8
month(BirthDate) eq 5
year(BirthDate) eq 1971
hour(BirthDate) eq 4
minute(BirthDate) eq 40
second(BirthDate) eq 40
fractionalseconds(BirthDate) lt 0.1
fractionalseconds(BirthDate) eq 0.05
date(BirthDate) eq 1971-05-08
time(BirthDate) eq 04:40:40.05
totaloffsetminutes(BirthDate) eq 120
totalseconds(Lasts) eq 1123199.999999999999
Lasts eq duration'P12DT23H59M59.999999999999S'
Lasts lt duration'P13D'
year(Hired) eq 2024 and month(Hired) eq 2 and day(Hired) eq 28
hour(Opens) eq 7 and second(Opens) eq 59 and fractionalseconds(Opens) eq 0.999
Opens eq 07:59:59.999
Opens lt 08:00
hour(23:59:60.5) eq 23 and second(23:59:60.5) eq 60 and cast(23:59:60.5,Edm.String) eq '23:59:60.5'
mindatetime() lt BirthDate and BirthDate lt now() and now() lt maxdatetime()
now() eq now()
ceiling(Freight) eq 32
floor(Freight) eq 31
round(Freight) eq 32
round(-2.5) eq -3 and round(2.5) eq 3 and round(-2.4) eq -2 and round(5) eq 5 and floor(INF) eq INF
case(Rating gt 0:1,Rating lt 0:-1,true:0) eq 1
case(Nothing:1,true:2,true:3) eq 2
Price add 2.45 eq 5.00
Rating div 2 eq 2
Rating divby 2 eq 2.5
Rating mod 5 eq 0
(4 add 5) mod (4 sub 1) eq 0
-Rating div 2 eq -2 and Rating div -2 eq -2
-Rating mod 3 eq -2 and Rating mod -3 eq 2
7 div 2.0 eq 3.5
-(-Rating) eq Rating
Hired add duration'P2D' eq 2024-03-01
Hired add duration'PT23H' eq Hired and Hired sub duration'PT1H' eq 2024-02-27
2024-03-01 sub Hired eq duration'P2D'
BirthDate add duration'PT24H' eq 1971-05-09T02:40:40.05Z
BirthDate sub 1971-05-08T02:40:40.05Z eq duration'PT0S'
Lasts mul 2 gt duration'P25D' and 2 mul Lasts eq Lasts add Lasts
duration'PT1H' div 4 eq duration'PT15M' and duration'PT1H' divby 3 mul 3 eq duration'PT1H'
-duration'PT1H' eq duration'-PT60M'
Style has Sales.Pattern'Yellow' and Style has 'Solid,Yellow'
not (Style has Sales.Pattern'Red')
Style eq Sales.Pattern'Solid,Yellow'
Rating has Sales.Pattern'4' and not (Rating has '2')
Key eq dc720f05-e5f7-448b-ae06-765de46f0af1
Key in (dc720f05-e5f7-448b-ae06-765de46f0af1)
Key in [dc720f05-e5f7-448b-ae06-765de46f0af1]
Data eq binary'T0RhdGE=' and Data ne binary''
City in ('Berlin','Bonn') and not (City in ())
Nothing in (null) and not (Nothing in ('a'))
Rating in (4.0,5.0)
Rating in [1,2 add 3]
'sale' in Tags and not ('s' in Tags)
[City,Country] in [["Bonn","Germany"],["Berlin","Germany"]]
Tags eq ['new','sale','new'] and Tags ne ["new","new","sale"]
Address eq {"City":"Berlin"}
Address ne {"City":"Berlin","Zip":1}
{"a":[1,{"b":2.0}]} eq {"a":[1.0,{"b":2}]}
length(Tags) eq 3 and concat(Tags,['x']) eq ['new','sale','new','x'] and indexof(Tags,['sale','new']) eq 1
contains(Tags,['new','sale']) and startswith(Tags,[]) and endswith(Tags,['new']) and substring(Tags,-1) eq ['new']
Address/City eq 'Berlin'
$it/Address/City eq City and $this/City eq City
Address/@Core.Note eq 'home'
Price/@Measures.Currency eq 'EUR'
Model.Customer/City eq 'Berlin' and Address/Model.Home/City eq 'Berlin'
Orders/any(o:o/Items/any(i:i/Quantity gt 100))
Orders/any(o:o/ShipTo/City eq City)
Orders/any(City:City/ShipTo/City eq $it/City)
not Orders/all(o:o/Items/any())
Orders/all(o:o/Id gt 0) and NotThere/all(x:false)
not NotThere/any() and not Orders/any(o:Nothing) and not Orders/all(o:Nothing)
Tags/any(t:t eq 'sale') and Tags/all(t:length(t) ge 3)
Orders/$count eq 2 and NotThere/$count eq 0
Orders/$count($filter=Id gt 1) eq 1
Orders/$filter(Id lt 2)/any(o:o/Items/$count eq 2)
Tags/$filter($this ne 'new')/$count eq 1
Orders/$filter(ShipTo/City eq $it/City)/$count eq 1
Orders/Items/$count eq 2 and Orders/Items/Quantity eq [120,3]
Tags eq 'sale' and Orders/Id eq 2
cast(Rating,Edm.String) eq '5' and cast(Yes,Edm.String) eq 'true'
cast('12',Edm.Int64) eq 12 and cast('1.5',Edm.Decimal) eq 1.5 and cast('-INF',Edm.Double) eq -INF
cast(2.9,Edm.Int32) eq 2 and cast(-2.9,Edm.Int32) eq -2
cast(300,Edm.Byte) eq null and cast(INF,Edm.Int64) eq null
cast('2024-06-24T13:00:00',Edm.DateTimeOffset) eq 2024-06-24T13:00:00Z
cast('x',Edm.Guid) eq null and cast(Rating,Edm.Duration) eq null
cast(BirthDate,Edm.DateTimeOffset) eq 1971-05-08T02:40:40.05Z
cast(1971-05-08T04:40:40.0500+02:00,Edm.String) eq '1971-05-08T04:40:40.05+02:00'
cast(duration'PT26H0.5S',Edm.String) eq 'P1DT2H0M0.5S' and cast(07:05,Edm.String) eq '07:05:00'
cast(-0044-03-15,Edm.String) eq '-0044-03-15' and cast(binary'AA==',Edm.String) eq 'AA'
cast(['1','x'],Collection(Edm.Int32)) eq [1,null] and cast(Address,Edm.String) eq null
cast(0.1,Edm.Single) lt 0.100000002 and cast(1e39,Edm.Single) eq INF
isof(Rating,Edm.Int32) and isof(Rating,Edm.Decimal) and not isof(Rating,Edm.String)
isof(City,Edm.String) and isof(Hired,Edm.Date) and not isof(City,Edm.Date)
isof(3000000000,Edm.Int64) and not isof(3000000000,Edm.Int32)
isof(Tags,Collection(Edm.String))
"""


@pytest.mark.parametrize("text", TRUE.strip().splitlines())
def test_examples_are_true(text: str) -> None:
    assert value(text) is True
    assert value(f"not ({text})") is False
