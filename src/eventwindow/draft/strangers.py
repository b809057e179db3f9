"""Names that no list holds, where a move or a figure says that a security is meant: subjects of their own."""

from __future__ import annotations

import re
from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from eventwindow.claims.amounts import CHINESE
from eventwindow.draft.chinese import has_chinese
from eventwindow.draft.lexicon import Group, Lexicon, Mark
from eventwindow.draft.statement import Subject

_INDEX_NAME = re.compile(  # "the KSE-100 index", "the main Athens stock index"
    r"(?:\b[Tt]he |['’]s )(?:(?:main|benchmark|broader|key|broad|blue-chip|headline|wider|local) )*"
    r"(?:(?P<numbered>[A-Z][\w&/]*(?:[ -][A-Z][\w&/]*){0,2}[ -](?!(?:19|20)\d\d)\d{2,4}\b)(?P<tail> [Ii]ndex\b)?"
    r"|(?P<place>[A-Z][a-z]+(?: [A-Z][a-z]+)? (?:stock|share|equity|bourse) index\b)"
    r"|(?P<named>(?:[A-Z][\w&/-]*|[a-z]{2,4})(?: [A-Z][\w&/-]*){0,3} Index\b|(?:[A-Z]{2,5} )?All[ -][Ss]hares?\b)"
    r"(?: index\b)?"
    r"|(?P<of>(?:benchmark|main|leading) index (?:of|on) (?:the )?[A-Z]\w+ (?:bourse|(?:stock )?exchange|market)\b))"
)
OF_PLACE = re.compile(  # "Dubai's main share index", whatever index was named before
    r"\b[A-Z][a-z]+(?: [A-Z][a-z]+)?['’]s (?:(?:main|benchmark|broader|key|blue-chip|headline|wider) )+"
    r"(?:(?:stock|share|equity|bourse) )?(?:index|gauge)\b(?! [A-Z])"
)
_KIND = re.compile(  # "Miners gained 2.2%": of many firms, told with a figure and without an article
    r"(?:^|(?<=[,;] )|(?<=\bwhile )|(?<=\band )|(?<=\bbut )|(?<=\bas )|(?<=\b[Ee]ven ))"
    r"(?P<name>(?i:(?:regional |big |gold |oil |online |food |property )?"
    r"(?:banks|lenders|miners|retailers|insurers|utilities|airlines|brokerages|grocers|supermarkets|homebuilders|housebuilders|developers|drugmakers|producers|majors"
    r"|steelmakers|shipbuilders|shippers|brewers|financials|industrials|materials|telecoms|semiconductors|technology"
    r"|energy|healthcare|health care|real estate|consumer (?:staples|discretionary))))"
    r"(?= (?:\w+ly |also |each |all |both )?[a-z]+ (?:by |about |nearly |almost |more than |over |up |down )?"
    r"\d[\d.]*(?:%| per ?cent))"
)
_FUTURES = re.compile(  # of what no list holds: "Rubber futures", "lithium carbonate futures"
    r"(?:(?<=[,;] )|(?<=\band )|^(?:In \w+, )?)"
    r"(?!(?i:stock|index|bund|bond|treasury|equity|dow|u\.?s|nasdaq|most|other|all)\b)"
    r"(?P<name>[A-Za-z][a-z]{3,}(?: [a-z]{3,})? futures)\b"
)
NAMED_BEFORE = re.compile(  # "Axis Bank shares", but no "Asian Bank Shares"
    r"(?:\A|(?<=\s))(?!The |U\.?S|UK |EU |In |On )[A-Z][\w&.-]*(?<!an)(?<!ese)(?<!ish)(?<!ch) \Z"
)
_STOOD_AT = re.compile(r" (?:closed|ended|finished|stood|settled) (?:\w+ )?(?:at|on) \d")
_CAPITAL = re.compile(
    r"(?<![\w$&.-])(?!(?:RM|Rp|QR|[RPN])\d|[A-Z]{1,4}c\d)[A-Z][\w&'’.-]*"
    r"(?:\s+(?:(?:of|and|of the|&|de|van|the|'?n'?)\s+)?[A-Z][\w&.-]*)*"
)
_TOPIC = re.compile(
    r"(?P<name>[A-Z][\w&'’.-]*(?: [A-Z&][\w&'’.-]*){0,4})(?: \([A-Z.]{1,6}\))?"
    r"(?: [—–] (?:The|Shares|Its|Stock)|: (?:(?:The )?(?:[Ss]hares?|[Ss]tock|[Ss]crip)|Its (?:shares|stock))) "
)
_LEADS = re.compile(r"-(?:listed|based|owned|traded|made|led|born)$|['’]s$")  # "London-listed SSP", "Denmark's ISS"
_HYPHENED = re.compile(r"-(?:listed|based|owned|traded|made|led|born)$")
_TRADES = (
    r"(?:mining|energy|bank(?:ing)?|financials?|technology|health ?care|property|real estate|realty|autos?|retail"
    r"|utilities|telecoms?|materials|pharma(?:ceuticals?)?|metals?|transport|insurance|semiconductor|electronics|steel|shipping|media"
    r"|construction|biotech|information technology)"
)
_INDEX = re.compile(  # "the Helsinki index", "the electronics sector", which no list holds
    r"\b(?!(?:The|A|This|That|Its|An|Each|Every|key|main|broad(?:er)?|wider|benchmark|leading|dollar|private|public|whole|same|other|London|Frankfurt|Paris|Tokyo|Sydney) )"  # noqa: E501
    r"(?:(?P<two>[A-Z][A-Za-z]+ [A-Z][a-z]+(?: [A-Z][a-z]+)?) index|(?P<name>[A-Z][a-z]+ index"
    r"|(?:(?!(?:the|that|this|with|while|when|from|into|over|local|closely|watched|heavy|heavyweight) )[a-z]{4,} )?"
    r"[a-z]{4,}(?:-[a-z]+)? (?:sector|sub-?index)"
    r"|[A-Z][a-z]+(?:-[A-Z][a-z]+)? sector"
    rf"|(?:[A-Z][A-Z]+ )?{_TRADES} (?:index|group(?= of the ))|(?i:{_TRADES} (?:shares|stocks))"
    r"|sub-?index for [a-z]+(?: [a-z]+)?))"
    r"(?= (?:\.[A-Z]+ |as a whole |(?:of|in|on) (?:the )?[A-Z][\w&/]*(?: \d{2,4}| [Cc]omposite)? )?"
    r"(?:also |then |had |has |was |were |closed |ended )*(?P<moved>\w+))"
)
_MOVE_IN = re.compile(  # what another is held against: "a 1.2% drop in the European banking index"
    r"(?<=% )(?:rise|fall|gain|drop|decline|increase|decrease|loss|climb|jump|slide|advance|dip|slump|retreat|rally)"
    r"(?: so far)?(?: (?:this|last) \w+)? (?:in|for|on|by|of) (?:the )?"
    r"(?P<part>(?:[A-Za-z\d&][\w&.'’/-]* ){1,7}?(?:index|sub-?index|sector(?! (?:sub-?)?index)))\b"
)
_REST = re.compile(r"(?: (?:stock|share|composite|blue-chip))? (?:index|sector)|")
_PART = re.compile(r"\b(?:index|sector|group|sub-?index(?: for [a-z ]+)?|shares|stocks)$")
_INSIDE = re.compile(
    r"(?<!shares )(?<!stock )(?<!stake )(?<!trading )\bin $|(?:company|firm|group|bank|maker|fund) (?:led|run|founded|headed|owned|backed) by $",  # noqa: E501
    re.IGNORECASE,
)
_LEGAL = re.compile(r",? (?:Inc|Corp|Corporation|Co|Ltd|Limited|Plc|PLC|AG|SE|SA|NV|AB|ASA|SpA|KGaA|Oyj|Bhd)$")
_THEN = re.compile(
    r"\.?(?:\s*\([^)]*\))?(?:['’]s? (?:shares?|stock|ADRs?))?"
    r"(?:, (?:(?:(?:in|of|for|to|from) )?which|whose|where|[a-z]+ed|left|hurt|hit|long|having|an?|the|one|once|already"
    r"|now|still|today|[a-z]+(?:er|or|ist|home|arm|unit|firm|part)s? (?:to|of|for|in))\b(?:[^,.;]|\.(?=\d)){2,60},"
    r"|, (?:(?:in|by) (?:contrast|comparison)|on the other hand|for (?:its|their) part|[a-z]{3,}ly|however|too|though"
    r"|meanwhile|instead|also|likewise),)?"
    r",?\s+(?:(?:had to accept|suffered|saw|posted|recorded|registered|notched|managed) (?:an?|its) (?:\w+ )?"
    r"(?=(?:fall|loss|drop|decline|rise|gain|jump|advance) of))?"
    r"(?:(?:shares?|stock|also|then|each|both|all|had|has|have|was|were|is|\w+ly|ended|closed|nearly|almost|about|over|more than)\s+)*"  # noqa: E501
)
_NAMED = re.compile(r", (?:which|whose|an?|the|once|up|down|off)\b")
_TRADE = re.compile(r"[A-Z][a-z]+(?:ers|ors|ists|ies|banks?|lines)['’]?|Banks['’]?")  # of many firms, none's name
_ROLE = re.compile(
    r"(?:Grocer|Retailer|Lender|Insurer|Miner|Broker|Brewer|Airline|Builder|Developer|Utility|[A-Z][a-z]+maker|Homebuilder)$"
)
_OF_SHARES = re.compile(  # "shares in waste management firm Kelvin"
    r"\b(?:[Ss]hares|[Ss]tock|ADRs) (?:of|in) (?:the )?"
    r"(?:(?:[a-z-]+ ){0,3}[a-z-]*(?:er|or|ist|firm|group|company|giant|bank|chain) )?$"
)
_POSSESSIVE = re.compile(r"['’]s$|(?<=s)['’]$")
_OWN_SHARES = re.compile(
    r"(?:['’]s? (?:shares?|stock|ADRs)| (?:shares|stock|ADRs|(?:share|stock) price))\b(?! (?:exchange|market|index))"
)
_TICKERED = re.compile(
    r"(?:,? (?:Inc|Corp|Ltd|Plc|PLC|AG|SE|NV|SA)\.?)? \((?:[A-Z]{2,8}: ?)?(?P<code>[A-Z]{2,5}(?:[.-][A-Z]{1,2})?)\)"
)
_FIGURE = re.compile(
    r"(?:by |[-+−])?(?:about |nearly |almost |more than |over )?\d[\d.]*\s?"
    r"(?:%|per ?cent|(?:sen|cents|paise)\b(?= (?:to|higher|lower)\b))"
)
_STOOD = re.compile(r"\b(?:shares?|stock|ended|closed|was|were)\b")
_FLAT = re.compile(r"(?:flat|steady|unchanged|little changed|(?:barely|hardly) changed)\b")
_RANKED = re.compile(  # "was again the best performer on the index", "led the FTSE 250"
    r"(?:(?P<led>(?:led|topped|headed) the (?=[A-Z]|gain|los|ris|index))"
    r"|(?:again |by far |easily )*(?:among )?(?:the )?)"
)
_SUFFERED = re.compile(  # "suffered the steepest one-day drop in its history"
    r"(?:['’]s (?:shares|stock))? (?:suffered|had|posted|saw|recorded|notched|enjoyed) (?:its|their|the|an?) "
    r"(?:\w+est|worst|best|most \w+) (?:(?:one-day|single-day|daily|intraday|percentage) ){0,2}"
    r"(?:drop|fall|loss|decline|slide|gain|rise|jump|rally|day|session)\b"
)
_LEVEL = re.compile(
    r"(?:at|to|on|above|below) (?:about |nearly |almost |more than |over )?(?:[A-Z]{3} ?|[^\w\s]{1,2}|[A-Z]{1,2}\$)\d"
)
_SAID = re.compile(  # "Kazatomprom, the largest producer, said that …": a firm, where its shares come next
    r"(?:(?P<apart>On \w+day,? |[A-Z]\w+, ))?(?P<name>[A-Z][\w&'’.-]*(?: (?:of |and )?[A-Z][\w&.-]*)*)"
    r"(?P<what>, (?:an?|the|which|whose|one)\b[^,]{2,60},)?"
    r" (?:said|says|reported|announced|warned|agreed|plans|expects|posted|told)\b"
)
_ITS_SHARES = re.compile(r"Its (?:(?:London|New York|U\.?S\.?)[- ](?:listed )?)?(?:shares?|stock|ADRs)\b")
_OWN_LATER = re.compile(  # "Kelvin Corp cut its forecast, sending its shares down 4%"
    r"[^;:]*\b(?:sending|lifting|pushing|driving|dragging|knocking|and|but|as|while|with|saw|causing)"
    r" (?:(?:its|the company['’]s|their) )?(?:shares|stock)\b(?! (?:of|in|market)\b)"
)
_FORMED = re.compile(_LEGAL.pattern[:-1] + r"\b")
_BEGINS = re.compile(  # "Heinz shares rose 1%", where the article has "of Heinz" elsewhere
    r"(?P<name>[A-Z][a-z][\w&-]+)(?:['’]s?)? (?:shares|stock)\b(?! (?:market|exchange|index|option|price))"
)
_NO_PLACE = r"(?<!\bin)(?<!\bfrom)(?<!\bacross)(?<!\bat)(?<=[a-z,]) "
_COUNTRY = """India Hindustan Japan Korea China Taiwan Singapore Malaysia Thailand Indonesia Pakistan Nigeria"""
_ABROAD = re.compile(f"(?:{'|'.join(_COUNTRY.split())}) ")  # Hindustan Unilever, India VIX
_FORMS = re.compile(  # words of a firm's full name: Fortescue Metals is Fortescue
    r"(?:Groups?|Holdings?|Inc|Corp|Corporation|Co|Company|Ltd|Plc|PLC|Motors?|Electric|Electronics?|Energy|Power|Oil|Gas"
    r"|Petroleum|Resources?|Metals|Mining|Gold|Steel|Materials|Chemicals?|Pharma\w*|Therapeutics|Biosciences|Health\w*|Banks?"
    r"|Banking|Banc\w+|Financial|Finance|Capital|Insurance|Assurance|Securities|Markets|Partners|Technolog\w+|Systems?|Software"
    r"|Semiconductors?|Micro\w*|Networks?|Communications?|Tele\w+|Media|Entertainment|Studios|Games|Interactive|Air\w*|Aviation"
    r"|Aerospace|Defen[cs]e|Industr\w+|International|Global|Worldwide|Enterprises?|Brands|Foods?|Beverages?|Stores|Retail\w*"
    r"|Hotels?|Resorts|Cruises?|Lines|Logistics|Transport\w*|Express|Propert\w+|Realty|Developments?|Homes?|Construction"
    r"|Engineering|Machinery|Heavy|Trust|R[Ee][Ii][Tt]|Investments?|Solutions|Services|Platforms|Labs|Laboratories|Sciences?"
    r"|Instruments|Devices|Products|Paper|Glass|Tires?|Automotive|Auto|Digital|Online|Blockchain|Wholesale|Worldwide|Precision|CEO"
    r"|CFO|Chief|Chair\w*|President|Shares?|Stocks?|ADRs?|\w+day|and|&|of)\.?"
)
_DAUGHTER = re.compile(r"\b(?:arm|unit|subsidiary|affiliate|dealer|spin-off),? $")
_WHOSE = re.compile(r", whose\b")
_HANGS = re.compile(
    r"(?<!shares )(?<!stock )\b(?:in|at|on|from|of|by|for|with|to|than|after) (?:the )?$", re.IGNORECASE
)
_PLACED = re.compile(r"\b(?:based|headquartered|located) in (?:(?:[A-Z][\w.]*[ ,]+)+)?\Z")
_PLACE_BASED = re.compile(r"(?:, [A-Z][\w.]*(?: [A-Z]\w*)?)?-based\b")  # "the Redwood City, California-based company"
_OWNED = re.compile(  # what a firm owns: "Stellantis, the owner of Vauxhall, Peugeot and Fiat, closed down 14.7%"
    r", (?:the|an?|which|who|whose)(?: [a-z-]+){0,2}"
    r" (?:owner|owns|parent|makers?|makes|operator|operates|runs|publisher|producer|brewer|seller|brands|home)"
    r"(?: (?:of|behind|to|include|are))?(?: the)? (?:[^,.;]{1,30}, ){0,4}(?:[^,.;]{1,30} and )?\Z"
)
_AT_EXCHANGE = re.compile(
    r"\b(?:[Oo]n|[Aa]t|[Bb]y) (?:the )?(?:[A-Z][\w&.-]*\s+){0,4}(?:Exchange|Board of Trade|Comex|Nymex|NYMEX|COMEX)\Z"
)
_LISTED = re.compile(r"(?:,? and |, )")
_AT_ONCE = re.compile(r",? (?:(?:shares|also|then|was|ended|closed|finished|itself) ){0,2}[a-z]+ (?:by )?\d[\d.]*%")
_BEST = re.compile(r" (?:was|is) (?:again |by far )?(?:the |among the )?(?:best|worst|biggest|top|hardest)\b")
_ZH_FIGURE = re.compile(r"(?:\D{0,4})?[\d一二两三四五六七八九十]")
_FORM = (
    "药业|制药|医药|生物|生技|科技|集团|股份|控股|电子|银行|汽车|能源|证券|实业|地产|光电|电力|电器|电机|通讯|传媒|航空|重工|精密|半导体"
    "|金控|保险|建设|教育|食品|钢铁|矿业|电影|影业|影视"
)
_FIRM = re.compile(
    rf"[\u4e00-\u9fff]{{2,4}}(?:{_FORM})(?=[^\u4e00-\u9fff]|股价|[收跌涨大暴重急狂上下开升挫飙周昨今一当盘在的则也却公宣遭因受触])"
)
_BESIDE = re.compile(rf"(?:^|(?<=[,;。、的]))(?P<name>[\u4e00-\u9fff]{{2,4}}(?:{_FORM}))[与和及、]")  # 京都银行与DeNA
_PER_UNIT = re.compile(  # 电池级碳酸锂16日报每吨48.2万元: what is sold by weight is no firm
    r"(?:^|(?<=[,;。:的]))(?:(?:\d{1,2}月)?\d{1,2}日|[今昨][天日])?(?:国内|国际|全国)?"
    r"(?P<name>(?!现货|价格|报价|均价|每)[\u4e00-\u9fff]{2,8}?)(?:的?(?:现货)?(?:价格|报价))?"
    r"(?:(?:\d{1,2}月)?\d{1,2}日|周[一二三四五]|[今昨][天日])?(?:最新|收盘|现货|现)?"
    r"(?:约?为|报价?|收[于在报]?|[涨升跌降]至|售|(?:可能|有望|或|料)?(?:重返|[升涨跌降回]至|回到|站上|突破|达))约?为?"
    r"每(?:公?吨|公斤|千克|克|磅|桶|盎司|英两|兆瓦时|百万(?:瓦时|英热单位))"
)
_RESUMED = re.compile(
    r"(?:^|(?<=[,;。:]))(?P<name>[\u4e00-\u9fff]{3,6}?)(?:次日|翌日|[当今昨][天日]|\d{1,2}日"
    r"|[上本]?周[一二三四五](?:\(\d{1,2}日\))?)?(?:复牌(?:交易)?|恢复交易)(?=,|后)"
)
_FUTURE = re.compile(  # 9月电子期货收1405点; 集运指数(欧线)期货主力合约上涨6.3%
    r"(?:而|但)?(?:\d{1,2}月份?(?:交[货割收]的?)?)?(?P<name>(?!国内|国际|商品|股指|今[年天]|份)[\u4e00-\u9fff\d]{2,8}(?:\([\u4e00-\u9fff]{1,4}\))?期货)"
    r"(?:近月|主力|连续|\d{1,2}月)*(?P<contract>合约|契约)?(?=[^,;。\d]{0,6}(?:[收报跌涨升挫]|持平))"
)
_PLACE = re.compile(r"(?:日本|[美德法英韩]国)")
_APPOSED = re.compile(
    r"(?:[AH港美]股)?[\u4e00-\u9fff]{0,6}?(?:同[业行]|对手|龙头|大?厂商?|业者|巨头|概念股|新股|公司|(?<![招工电农三])商(?![业品场务银汤])|(?<![个控持入])股)(?![份价票权东市指]|[暴大重急狂收]?[跌涨升挫飙])(?=N?[\u4e00-\u9fff]{2})"
)
_WHOLE = re.compile(rf"(?:{_FORM}|合约|指数|板块|中国|国际|世界)$")
_AND = re.compile("[与和及]")
_ZH_LEVEL = re.compile(
    r"翻(?:了?一)?[倍番]|腰斩|(?:收|现)?(?:报|于|在|市价?)\d|[高低]见\d|盘中见\d|来到\d|以[^,;。\d]{0,4}\d|(?:首日)?(?:挂牌|首挂)(?=,)|(?:以|则|也|亦)?(?:平盘|收平|平收|持平|无升跌)"
)  # 今日挂牌的明源云收报30.7元
_LIMIT = re.compile(
    r"(?:更是|则|也)?(?:收获|斩获|拉出|录得|拿下)(?=[^,;。]{0,6}(?:[涨跌]停|连板))"
)  # 华力创通收获20%的涨停板
_ADVERBIAL = re.compile(  # no name goes on behind one: 燿华开盘十分钟就攻上涨停
    r"开[盘市]|早[盘段市]|盘[中前后]|尾[盘段市]|午[后间盘]|[上下]午|[今昨][日天]|全[日天]|首日|一度|随后|最[高低终后]"
)
_LATIN_ZH = re.compile(  # 胜诉的Arbutus则升61%
    r"(?:^|(?<=[,;。的、:]))(?P<name>[A-Z][a-z]{3,}(?: [A-Z][a-z]+)*)(?=[则却也亦股收跌涨升飙挫泻大急暴盘领(])"
    r"|(?<=[商厂司店行])(?P<of>[A-Z][a-z]{3,}(?: [A-Z][a-z]+)*)"  # 软件商Vista
    r"(?=领[跌涨]|[则却也亦收跌涨升飙挫泻大急暴])"
    r"|“(?P<quoted>[\u4e00-\u9fff\d]{3,8})”(?=[则也]?[跌涨升挫大暴重收])"  # a bond: “16冀中01”跌20%
    r"|(?P<st>\*?ST[\u4e00-\u9fff]{2,3}?)(?=[则却也亦股收跌涨升飙挫泻大急暴盘连今昨周(])"
)
_CODE = re.compile(r"\(\d{1,6}(?:\.[A-Z]{2})?\)")  # 酒鬼酒(000799.SZ)
_CODE_LISTED = re.compile(_CODE.pattern + r"\Z")
_ADVERBS = set("则也亦仍更再又仅只却均皆都已曾")  # none begins a name
_SHARES = re.compile(r"[AH]股$")
_NOUN_END = re.compile(
    r"(?:(?:^.{1,2}(?<![实产铝钢药矿银])|地产|半导体|制造|服务|金融)业|(?<!指)数|[率额值量价市]|凭证|价格|股价|[买卖沽]盘|(?<!证券)交易所|预[测期估计]|[目当]前|如今|时间|^[本上下今去首前][季月周年]$|^(?:总计|合计|掀起|央行|中央银行)$|(?:加密|虚拟|数字)货币|^(?:[美英法德日韩泰]国|日本|澳洲|印度|新加坡|香港|台湾|大陆|内地|欧洲|亚洲))$"
)
_ENDS_NAME = re.compile("..(?<![香沪离到至从由在])港$|..(?<![欧南北拉中在])美$")  # 格林美, 盐田港
_INSIDE_NAME = re.compile(r"(?<!^)美(?![股元国方联金油中欧东洲])|(?<=吉)比(?=特)")  # 完美世界, but no 欧美股市
_TAILS = ("继", "爆量", "更是")  # of a name: 家登更爆量攻上涨停, 信立泰继6日跌停
_CLOCK = re.compile(r"\d{1,2}[:.]\d\d(?=[\u4e00-\u9fff])")  # 10:02双成药业触及跌停
_POINTING = re.compile(r"[那该其]|这(?![次回波天轮])")  # 这家成立不到三年的连锁品牌 is one named before
_COUNTED = re.compile(  # 三大指数, 两市; 千禾味业 and 三羊马 are names
    r"[逾近超\d]|[零一二两三四五六七八九十百千万]+[亿多余大只家档个名位日天年月周季倍成股点元类项连市者地度字路线桶次种支条起批届方边]"
)
_KINDS = ("down_strong", "up_strong", "down_weak", "up_weak")


def strange_names(
    sentences: Iterable[str], rules: Lexicon, told: Collection[str], known: Container[str]
) -> dict[str, str]:
    """The names that some sentence of an article tells as those of securities, each by its forms: in full, by its first word."""  # noqa: E501
    sentences = [*sentences]
    found = [text[start:end] for text in sentences if not _headline(text) for start, end in _latin(text, rules, told)]
    speaking = (_SAID.match(one) for one, two in pairwise(sentences) if _ITS_SHARES.match(two))
    found += [m["name"] for m in speaking if m and (m["what"] or m["apart"] or " " in m["name"] or m["name"] in told)]
    begun = {m["name"] for m in map(_BEGINS.match, sentences) if m and m["name"] not in known} - {*rules.stop}
    found += [n for n in begun - {n.partition(" ")[0] for n in found} if _alone(n, sentences)]
    listed = (name.rpartition(" and ") for name in found)
    found = [before if before and last in known else before + joined + last for before, joined, last in listed]
    short = {first: name for name in found if _begins_name(first := name.partition(" ")[0]) and first not in known}
    return {
        form: name
        for form, name in (short | {n: n for n in found}).items()
        if form not in rules.stop and not form.isupper()
    }


def _alone(word: str, sentences: Sequence[str]) -> bool:
    """Whether a word stands as a name inside some sentence, and nowhere as the last of a longer one."""
    inside, last = (
        re.compile(rf"{_NO_PLACE}{re.escape(word)}\b(?![-&]| [A-Z&])"),
        re.compile(rf"[A-Z&]\S* {re.escape(word)}\b"),
    )
    return any(map(inside.search, sentences)) and not any(map(last.search, sentences))


def _begins_name(word: str) -> bool:
    return len(word) > 3 and word[0].isupper()


def _headline(text: str, share: float = 0.5) -> bool:
    """Whether most words have a capital, as in "Intel Stock Hasn't Been This Cheap"."""
    words = re.findall(r"\b[A-Za-z]{4,}", text)
    return bool(sum(w[0].isupper() for w in words) > len(words) * share)


def strangers(
    text: str, marks: Sequence[Mark], rules: Lexicon, told: Collection[str], strange: Mapping[str, str] = {}
) -> Iterator[Mark]:
    """Each as a mark "name" whose value is a `Subject` with its words; `told` are names, also as first words.

    `strange` are those that another sentence of the article told, with their forms.
    """
    chinese = has_chinese(text)
    marks_apart = {"boundary", "also", "each", "every"}
    taken = [(m.start, m.end) for m in marks if m.kind not in marks_apart and not (chinese and _part(m))]
    found = [*(_chinese(text, marks, rules) if chinese else _latin(text, rules, told))]
    formed = [*_by_form(text, marks, rules)] if chinese else []
    found = [*formed, *(f for f in found if all(f[1] <= a or b <= f[0] for a, b in formed))]
    if strange and not chinese:
        forms = "|".join(map(re.escape, sorted(strange, key=len, reverse=True)))
        again = [m.span() for m in re.finditer(rf"(?<![\w&-])(?:{forms})(?![\w&-]|\s[A-Z][a-z])", text)]
        found += [(a, b) for a, b in again if all(b <= s or e <= a for s, e in found)]
    if not chinese:
        found = [*found, *_in_list(text, marks, found, rules)]
        of_others = {(m.start, m.end) for m in marks if m.kind == "name"}
        longer = {span for span in found if not _headline(text, 0.8) and _longer(text, *span, of_others)}
        capital = {*marks_apart, "off", "all"}  # "The All-Share Index"
        taken = [(m.start, m.end) for m in marks if m.kind not in capital or text[m.start].islower()]
        taken = [span for span in taken if not (span[0] and text[span[0] - 1].isalpha())]  # the 2 of A2 Milk
    plain = {(m.start, m.end) for m in marks if m.kind in {"role", "off", "stock"}}
    named = [(m.start, m.end) for m in marks if m.kind in {"name", "date"}]
    indices = (
        () if chinese else [*map(_of_index, _INDEX_NAME.finditer(text)), *(m.span() for m in OF_PLACE.finditer(text))]
    )
    parts = () if chinese else [*_held_against(text, [m for m in marks if m.kind == "name"])]
    yield from (Mark(start, end, "stranger", Subject(name=text[start:end])) for start, end in parts)
    for start, end in (f for f in found if all(f[1] <= a or b <= f[0] for a, b in parts)):
        held = of_others if not chinese and (start, end) in longer else set()
        held |= plain if not chinese and _PART.search(text, start, end) else set()
        held |= {(m.start, m.end) for m in marks if m.kind in _KINDS and text[start:end] in strange}  # Sprint
        apart = named if (start, end) in indices else taken  # "the KSE-100 index" is none spoken of before
        if all(end <= s or e <= start or (s, e) in held for s, e in apart):
            name = text[start:end]
            kind = _KIND.match(text, start) is not None and not chinese
            whose = Subject(group=Group(name, name)) if kind else Subject(name=strange.get(name, name))
            code = _CODE.match(text, end) if chinese else None
            yield Mark(start, code.end() if code else end, "stranger", whose)


def _held_against(text: str, names: Sequence[Mark]) -> Iterator[tuple[int, int]]:
    """Where an index or a sector stands whose move follows another's, and of which no name of the list ends."""
    for m in _MOVE_IN.finditer(text):
        if not any(n.start >= m.start("part") - 1 and _REST.fullmatch(text, n.end, m.end("part")) for n in names):
            yield m.span("part")


def _longer(text: str, start: int, end: int, names: Collection[tuple[int, int]]) -> bool:
    """Whether a name is another firm's than the one of the list that it holds: Nissan Shatai, Hindustan Unilever."""
    for low, high in names:
        if start <= low and high <= end and (low, high) != (start, end):
            behind = text[high:end].split()
            abroad = high == end and _ABROAD.fullmatch(text, start, low) is not None
            apart = start == low and all(word[0].isupper() for word in behind)
            own = apart and any(not (_FORMS.fullmatch(word) or word.isupper()) for word in behind)
            return abroad or own or (apart and len(behind) > 1 and bool(_DAUGHTER.search(text[:start])))
    return False


def _in_list(
    text: str, marks: Sequence[Mark], found: Sequence[tuple[int, int]], rules: Lexicon
) -> Iterator[tuple[int, int]]:
    """The names in a list of which the last one moves: "New World, Sino Land and Link each lost 8%"."""
    starts = {m.start: m.end for m in marks if m.kind == "name"}
    starts |= {low: high for low, high in found if not any(low < at < high for at in starts)}
    for m in reversed([*_CAPITAL.finditer(text)]):
        parted = text.rfind(" and ", m.start(), m.end())
        end = parted if parted + len(" and ") in starts else m.end()
        joined = _LISTED.match(text, end)
        behind = starts.get(joined.end()) if joined else None
        hangs = _HANGS.search(text, 0, m.start())  # "in Frankfurt, Gerresheimer fell"
        if behind is None or hangs or m.start() in starts or m[0].split()[0] in rules.stop:
            continue
        before = any(_LISTED.fullmatch(text, high, m.start()) for high in starts.values())
        last = behind
        while (more := _LISTED.match(text, last)) and more.end() in starts:
            last = starts[more.end()]
        if (before or (joined and "and" in joined[0])) and _moves(text, last, rules):
            starts[m.start()] = end
            yield m.start(), end


def _of_index(m: re.Match[str]) -> tuple[int, int]:
    """Where the name of an index stands, without the word behind a number: KSE-100."""
    return m.span("numbered" if m["numbered"] else m.lastgroup or 0)


def _indices(text: str, rules: Lexicon) -> list[tuple[int, int]]:
    """Where the names of indices stand that move, or are told to have stood somewhere."""
    told = [
        m.span("two" if m["two"] else "name")
        for m in _INDEX.finditer(text)
        if not (m[0][0].isupper() and NAMED_BEFORE.search(text, 0, m.start()))
        if _FIGURE.match(text, m.start("moved")) or any(rules.words[k].match(text, m.start("moved")) for k in _KINDS)
    ]
    named = [m for m in _INDEX_NAME.finditer(text) if _moves(text, m.end(), rules) or _STOOD_AT.match(text, m.end())]
    places = [m.span() for m in OF_PLACE.finditer(text) if _moves(text, m.end(), rules)]
    return [*told, *map(_of_index, named), *places]


def _latin(text: str, rules: Lexicon, told: Collection[str]) -> Iterator[tuple[int, int]]:
    indices = _indices(text, rules)
    held = [*indices, *(m.span() for m in _INDEX.finditer(text))]
    futures = (m.span("name") for m in _FUTURES.finditer(text))
    kinds = (m.span("name") for m in _KIND.finditer(text))
    yield from indices + [span for span in (*futures, *kinds) if _moves(text, span[1], rules)]
    if (topic := _TOPIC.match(text)) and not (topic["name"].isupper() or topic["name"] in rules.stop):
        yield topic.span("name")
    for m in _CAPITAL.finditer(text):
        start, words = m.start(), m[0].split()
        while words and (
            words[0].rstrip(".") in rules.stop
            or words[0].islower()
            or (len(words) > 1 and (_LEADS.search(words[0]) or _ROLE.match(words[0])))
        ):
            start += len(words[0])
            start += len(text[start : m.end()]) - len(text[start : m.end()].lstrip())
            words.pop(0)
        if words == ["Index"] or _HYPHENED.search(m[0]) or _INSIDE.search(text[:start]):
            continue
        if any(a <= start < b for a, b in held):
            continue
        name = _POSSESSIVE.sub("", text[start : m.end()].rstrip("."))
        if _PLACED.search(text[:start]) or _PLACE_BASED.match(text, start + len(name)):
            continue
        if _AT_EXCHANGE.search(text[: start + len(name)]) or _OWNED.search(text[:start]):
            continue  # "futures on the New York Mercantile Exchange closed down 4.1 cents"
        if any(place.fullmatch(name) for place in rules.places.values()):
            continue
        whole = start + len(text[start : m.end()].rstrip("."))
        apart = whole > start + len(name) and text[whole - 1] == "s" and not _OWN_SHARES.match(text, whole)
        if words and apart and name not in rules.stop and _moves(text, whole, rules):
            yield start, whole  # "Dillard's dropped 2.9%"
            continue
        first = start == 0 and len(words) == 1 and name[1:].islower() and name.isalpha()
        if start == 0 and len(words) == 1 and _TRADE.fullmatch(name):
            continue
        if (
            not words
            or len(name) == 1
            or (first and name not in told and not (_NAMED.match(text, len(name)) or _firm(text, name, rules)))
        ):
            continue  # the first word of a sentence has a capital letter anyway
        if _moves(text, start + len(name), rules) or _told(text, start, start + len(name), name):
            yield start, start + len(_LEGAL.sub("", name))


def _firm(text: str, name: str, rules: Lexicon) -> bool:
    """Whether what is told of a sentence's first word is told of firms: a move in per cent at once, a rank."""
    noun = name.endswith(("s", "ing")) or name.lower() in rules.nouns
    return not noun and bool(_AT_ONCE.match(text, len(name)) or _BEST.match(text, len(name)))


def _told(text: str, start: int, end: int, name: str) -> bool:
    """Whether shares are told as those of the name, or a ticker stands behind it, which its first letters are not."""
    code = _TICKERED.match(text, end)
    words = name.split()
    initials = "".join(w[0] for w in words)
    ticker = code and not code["code"].startswith(initials[: max(2, len(initials) - 1)])
    firm = len(words) > 1 and _FORMS.fullmatch(words[-1]) and _WHOSE.match(text, end)
    formed = _LEGAL.search(name) or (len(words) > 1 and _FORMS.fullmatch(words[-1]))
    lede = formed and _OWN_LATER.match(text, end) and not _FORMED.search(text, 0, start)
    return bool(ticker or firm or lede or _OF_SHARES.search(text[:start]) or _OWN_SHARES.match(text, end))


def _moves(text: str, end: int, rules: Lexicon) -> bool:
    then = _THEN.match(text, end)
    if then is None:
        return False
    after = then.end()
    if _SUFFERED.match(text, end):
        return True
    stood = _LEVEL.match(text, after) and _STOOD.search(then[0])
    if (rank := _RANKED.match(text, after)) and (rank["led"] or rules.words["foremost"].match(text, rank.end())):
        return True
    if _FLAT.match(text, after) and _STOOD.search(then[0]):
        return True
    return bool(stood or _FIGURE.match(text, after)) or any(rules.words[k].match(text, after) for k in _KINDS)


def _by_form(text: str, marks: Sequence[Mark], rules: Lexicon) -> Iterator[tuple[int, int]]:
    """What the words around it say is a security, whatever moves: letters, a listed firm behind 与, a weight, 复牌."""
    yield from (m.span(m.lastgroup or 0) for m in _LATIN_ZH.finditer(text))
    starts = {m.start for m in marks if m.kind == "name"}
    yield from (m.span("name") for m in _BESIDE.finditer(text) if m.end() in starts)
    found = (m for pattern in (_PER_UNIT, _RESUMED) for m in pattern.finditer(text))
    yield from (m.span("name") for m in found if _is_name(m["name"].removesuffix("均价"), rules))


def _chinese(text: str, marks: Sequence[Mark], rules: Lexicon) -> Iterator[tuple[int, int]]:
    """What stands alone before the verb of a clause that has a figure; with it the names that a list parts by 、."""
    edges = sorted({0, len(text), *(m.end for m in marks if m.kind == "boundary")})
    edges += [k + 1 for k, c in enumerate(text) if c == "、"]
    edges.sort()
    listed = list[tuple[int, int]]()
    for begin, high in pairwise(edges):
        low = clock.end() if (clock := _CLOCK.match(text, begin, high)) else behind_role(text, begin, high)
        moves = [m for m in marks if m.kind in {*_KINDS, "open_down", "open_up", "close"} and low <= m.start < high]
        verb = min(moves, key=lambda m: m.start, default=None)
        verb = next((m for m in moves if verb and m.start == verb.end), verb)  # 跳空涨停
        inside = [m for m in marks if low <= m.start and m.end <= high and m.kind != "stock"]
        if verb is None and text[high - 1] == "、" and (part := _of_list(text, low, high - 1, inside)) is not None:
            listed += part
            continue
        before, listed = listed, []
        dated = next((m.end for m in marks if m.kind == "date" and m.start == low), low)
        if future := _FUTURE.match(text, dated, high):
            yield future.start("name"), future.end("contract" if future["contract"] else "name")
            continue
        if named := _FIRM.match(text, low):
            yield from (s for s in before if _is_name(text[slice(*s)], rules))
            place = _PLACE.match(text, low, named.end() - 3)  # 日本小林制药 is called 小林制药
            yield place.end() if place else low, named.end()
            continue
        known = next((m for m in inside if m.kind == "name"), None)
        if verb and known and known.start == low:
            yield from (s for s in before if _is_name(text[slice(*s)], rules))
        if verb is None and (stood := _ZH_LEVEL.search(text, low, high)):
            verb = Mark(stood.start(), stood.end() - 1, "level")
        limit = _LIMIT.search(text, low, high)
        verb = Mark(*limit.span(), "level") if limit else verb
        if verb is None:
            continue
        told = max([low, *(k + 1 for k in range(low, verb.start) if text[k] == "的")])  # 同属船舶板块的中船防务
        held = {m.kind for m in inside if m.start >= told or m.kind not in {"name", "group"}}
        held -= {"pronoun"} if all(m.start > told for m in inside if m.kind == "pronoun") else set()  # …双双涨停
        if held & {"name", "group", "off", "volume", "role", "pronoun", "value"}:
            continue
        if not (verb.kind == "level" or _ZH_FIGURE.match(text, verb.end) or "停" in text[verb.end - 1 : verb.end + 1]):
            continue
        if told > low and _POINTING.search(text, low, told):
            continue
        told = behind_role(text, told, verb.start)
        for m in _AND.finditer(text, told, verb.start):
            before = [*before, (told, _before_code(text, told, m.start()))]
            told = behind_role(text, m.end(), verb.start)  # 招商证券与中信建投
        for found in _bare(text, told, verb.start, [m for m in inside if m.end <= verb.start], rules):
            yield from (s for s in before if _is_name(text[slice(*s)], rules))
            yield found


def _of_list(text: str, low: int, high: int, inside: Sequence[Mark]) -> list[tuple[int, int]] | None:
    """The name that is all of a part of a list, without its code: 酒鬼酒(000799.SZ)、; none where a mark says so already."""  # noqa: E501
    end = _before_code(text, low, high)
    marks = [(m.kind, m.start, m.end) for m in inside if m.kind != "boundary" and m.start < end]
    known = marks == [("name", low, end)]
    return None if marks and not known else [] if known else [(low, end)]


def _before_code(text: str, low: int, high: int) -> int:
    coded = _CODE_LISTED.search(text, low, high)
    return coded.start() if coded else high


def behind_role(text: str, low: int, high: int) -> int:
    """Where a name begins behind what it is: 金融软件商信雅达, A股公司万泰生物."""
    role = _APPOSED.match(text, low, high)
    return role.end() if role else low


def _bare(text: str, low: int, end: int, inside: Sequence[Mark], rules: Lexicon) -> Iterator[tuple[int, int]]:
    """What is left between two places when marks and fillers are taken away at both ends, not within: 北大荒, 大華."""
    end = text.find("(", low, end) if "(" in text[low:end] else end  # the code behind a name
    adverbial = _ADVERBIAL.search(text, low + 2, end)
    end = adverbial.start() if adverbial else end
    for m in (m for m in inside if low <= m.start < end and not _part(m)):
        low, end = (m.end, end) if m.start - low < end - m.end else (low, min(end, m.start))
    known = [w for w in rules.known_zh if len(w) > 1]
    heads = [w for w in rules.fillers if len(w) > 1 or w in _ADVERBS]
    while head := next((w for w in heads if text.startswith(w, low, end)), ""):
        low += len(head)
    while not _WHOLE.search(text[low:end]) and (
        tail := next((w for w in (*rules.fillers, *known, *_TAILS) if text.endswith(w, low, end)), "")
    ):
        end -= len(tail)
    if shares := _SHARES.search(text[low:end]):
        end = low + shares.start()
    whole = text[low : low + 1] in {"小", "大"} or (end - low > 2 and _WHOLE.search(text[low:end]))
    if _is_name(text[low:end], rules) and (whole or len(leftover(text, low, end, [], rules, known)) > 1):
        yield low, end  # more than 收市 and the like, which change nothing


def _part(mark: Mark) -> bool:
    """Whether a mark may be part of a name: 神火股份, 北證50指數."""
    return mark.kind == "stock" or (mark.kind == "amount" and mark.value.unit == "number")


def _is_name(words: str, rules: Lexicon) -> bool:
    plain = all(CHINESE.match(c) or c.isalnum() or c in "·-& " for c in words)
    never = re.fullmatch(_FORM, words) or _COUNTED.match(words) or _NOUN_END.search(words)
    within = words[:-1] if _ENDS_NAME.search(words) else words
    within = _INSIDE_NAME.sub("", within)
    return 2 <= len(words) <= 10 and plain and not never and not any(c in rules.never for c in within)


def leftover(
    text: str, low: int, end: int, inside: Sequence[Mark], rules: Lexicon, known: Sequence[str] = ()
) -> list[int]:
    """The places of the characters that neither a mark nor a filler, nor one of the words `known`, accounts for."""
    kept = list(range(low, end))
    for m in inside:
        kept = [k for k in kept if not m.start <= k < m.end]
    for filler in (word for word in (*known, *rules.fillers) if text.find(word, low, end) >= 0):
        for found in re.finditer(re.escape(filler), text[low:end]):
            kept = [k for k in kept if not low + found.start() <= k < low + found.end()]
    return [k for k in kept if CHINESE.match(text[k]) or text[k].isalnum()]
