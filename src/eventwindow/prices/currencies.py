"""Currencies by their ISO 4217 codes (XXX is that of none), and the parts of one in which some exchanges quote."""

import re

PARTS = {  # the code as it is quoted -> the unit's, and what one is of it
    **dict.fromkeys(("GBp", "GBX", "GBx"), ("GBP", 0.01)),
    **dict.fromkeys(("ZAc", "ZAC"), ("ZAR", 0.01)),
    **dict.fromkeys(("ILA", "ILa"), ("ILS", 0.01)),
    **{"KWF": ("KWD", 0.001), "USX": ("USD", 0.01)},  # shares in Kuwait; corn and soya in Chicago
}
_LISTED = """
AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF
CLP CNH CNY COP CRC CUP CVE CZK DEM DJF DKK DOP DZD EGP ERN ESP ETB EUR FJD FKP FRF GBP GEL GHS GIP GMD GNF GTQ GYD
HKD HNL HRK HTG HUF IDR ILS INR IQD IRR ISK ITL JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL
LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NLG NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN
PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD
TZS UAH UGX USD UYU UZS VES VND VUV WST XXX XAF XCD XOF XPF YER ZAR ZMW ZWL
"""
CODES = frozenset(re.findall("[A-Z]{3}", _LISTED))
PER_DOLLAR = {  # about what a dollar is in units that are far from one, to tell a sum in thousands from another
    **dict.fromkeys(("CZK", "INR", "PHP", "RUB", "THB", "TRY", "TWD", "EGP", "DOP", "UYU", "MKD", "BDT"), 30.0),
    **dict.fromkeys(("HUF", "ISK", "JPY", "JMD", "PKR", "LKR", "KES", "KZT", "RSD", "AMD", "DZD", "NPR"), 150.0),
    **dict.fromkeys(("ARS", "CLP", "CRC", "IQD", "KRW", "MNT", "NGN", "RWF", "XAF", "XOF", "MMK"), 1000.0),
    **dict.fromkeys(("COP", "PYG", "TZS", "UGX", "UZS", "KHR"), 4000.0),
    **dict.fromkeys(("IDR", "IRR", "LAK", "LBP", "VND"), 20000.0),
}
