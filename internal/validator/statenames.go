package validator

// statesUS lists the states, the district, the territories, the freely
// associated states and the military addresses that the US Postal Service
// delivers to.
const statesUS = `AL,Alabama
AK,Alaska
AZ,Arizona
AR,Arkansas
CA,California
CO,Colorado
CT,Connecticut
DE,Delaware
FL,Florida
GA,Georgia
HI,Hawaii
ID,Idaho
IL,Illinois
IN,Indiana
IA,Iowa
KS,Kansas
KY,Kentucky
LA,Louisiana
ME,Maine
MD,Maryland
MA,Massachusetts
MI,Michigan
MN,Minnesota
MS,Mississippi
MO,Missouri
MT,Montana
NE,Nebraska
NV,Nevada
NH,New Hampshire
NJ,New Jersey
NM,New Mexico
NY,New York
NC,North Carolina
ND,North Dakota
OH,Ohio
OK,Oklahoma
OR,Oregon
PA,Pennsylvania
RI,Rhode Island
SC,South Carolina
SD,South Dakota
TN,Tennessee
TX,Texas
UT,Utah
VT,Vermont
VA,Virginia
WA,Washington
WV,West Virginia
WI,Wisconsin
WY,Wyoming
DC,District of Columbia,Washington DC,D.C.
AS,American Samoa
GU,Guam
MP,Northern Mariana Islands
PR,Puerto Rico
VI,Virgin Islands,U.S. Virgin Islands,US Virgin Islands
UM,U.S. Minor Outlying Islands
FM,Micronesia,Federated States of Micronesia
MH,Marshall Islands
PW,Palau
AA,Armed Forces Americas
AE,Armed Forces Europe
AP,Armed Forces Pacific`

// statesCanada lists the provinces and territories.
const statesCanada = `AB,Alberta
BC,British Columbia
MB,Manitoba
NB,New Brunswick
NL,Newfoundland and Labrador,Newfoundland
NS,Nova Scotia
NT,Northwest Territories
NU,Nunavut
ON,Ontario
PE,Prince Edward Island
QC,Quebec,Québec
SK,Saskatchewan
YT,Yukon`
