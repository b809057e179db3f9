"""A statement in our own words, made from its parts alone, in English and Chinese: never a copy of the sentence."""

from __future__ import annotations

from fractions import Fraction
from math import isclose, log10

from eventwindow.claims.amounts import words
from eventwindow.claims.rounding import hedge_table
from eventwindow.draft.statement import Statement, Subject

MINUS = "\u2212"
HEDGES = {hedge: tuple(row["own"]) for hedge, row in hedge_table().items()}
KINDS = {
    "return": ("return of {f}", "{f}"),
    "year_return": ("return of {f}", "全年{f}"),
    "opening_gap": ("opening gap of {f}", "開盤{f}"),
    "day_range": ("move within the day of {f}", "盤中 {f}"),
    "price_level": ("price of {f}", "價位 {f}"),
    "value_change": ("change of market value, {f}", "市值{f}"),
    "value_changes_sum": ("changes of market value together, {f}", "市值合計{f}"),
    "value_against": ("change of market value {h}the value of {a}", "市值變動{h}{a} 的市值"),
    "points": ("change of {f}", "{f}"),
    "price_change": ("change of {f}", "{f}"),
    "index_points": ("{f} in its index", "影響指數 {f}"),
    "market_value": ("market value of {f}", "市值 {f}"),
    "turnover": ("turnover of {f}", "成交額 {f}"),
    "turnover_change": ("change of turnover, {f}", "成交額 {f}"),
    "turnover_share": ("{f} of the turnover", "占成交額 {f}"),
    "volume": ("{f} shares traded", "成交 {f} 股"),
    "advancers": ("{f} stocks up", "{f} 檔上漲"),
    "decliners": ("{f} stocks down", "{f} 檔下跌"),
    "limit_up": ("{f} stocks up by the daily limit", "{f} 檔漲停"),
    "limit_down": ("{f} stocks down by the daily limit", "{f} 檔跌停"),
    "premium": ("premium of {f}", "溢價 {f}"),
    "relative_return": ("return of {f} against another", "相對表現 {f}"),
    "drawdown": ("{f} from a high", "距高點 {f}"),
    "volume_multiple": ("volume of {f} the usual", "成交量為平常的 {f}"),
    "value_rank": ("the most valuable company", "市值最高"),
}
COUNTS = {"volume", "advancers", "decliners", "limit_up", "limit_down"}
PLACES = {
    "turnover_rank": ("turnover", "成交額"),
    "volume_rank": ("volume", "成交量"),
    "points_rank": ("change in points", "漲跌點數"),
}
IN_PER_CENT = {"return", "year_return", "opening_gap", "day_range", "relative_return", "drawdown"}
STANDS = {"price_level", "value_against", "volume_multiple", "market_value", "turnover", "turnover_share"} | COUNTS
MOVED = KINDS.keys() - STANDS - {"drawdown", "value_rank"}
DIRECTIONS = {"return": ("", ""), "opening_gap": (" at the open", "開盤")}
PARTS = {3: "third", 6: "sixth", 7: "seventh", 8: "eighth", 9: "ninth"}  # that no whole per cent tells
NUMERALS = "零一二三四五六七八九"
SHARES = {"some": ("some of them", "部分"), "all": ("all of them", "全部"), "most": ("most of them", "多數")}


def paraphrase(statement: Statement) -> tuple[str, str]:
    """One line in English and one in Chinese."""
    en, zh = _what(statement)
    when = statement.year or statement.date
    if statement.until:
        return (
            f"{_who(statement.who)}: {en} from {when} to {statement.until}",
            f"{_who(statement.who, True)}：{zh}（{when} 至 {statement.until}）",
        )
    head = f"{_who(statement.who)}: {en}", f"{_who(statement.who, True)}：{zh}"
    if when is None:
        return head
    return head[0] + (f" in {when}" if statement.year else f" on {when}"), head[1] + f"（{when}）"


def figure(statement: Statement) -> tuple[str, str]:
    """The figure as stated, in English and in Chinese: hedge, amount, unit."""
    en, zh = HEDGES.get(statement.hedge, ("", ""))
    if in_words(statement):
        side = _side(statement)
        return f"{side[0]} {en}{_amount(statement)}", f"{side[1]}{zh.strip()} {_amount(statement, True)}"
    return (en + _amount(statement)).strip(), (zh + _amount(statement, True)).strip()


def _who(subject: Subject, zh: bool = False) -> str:
    if subject.name:
        return f"{subject.name!r}"
    if subject.group:
        return subject.group.label_zh if zh else subject.group.label
    return (" 或 " if zh else " or ").join(subject.symbols) or ("未指名" if zh else "a security not named")


def _what(s: Statement) -> tuple[str, str]:
    if s.kind in {"loss_rank", "return_rank", "record", "members_rank"} | PLACES.keys():
        return _first_of(s) if s.kind == "members_rank" else _superlative(s)
    if s.kind == "breadth":
        share = SHARES[s.hedge]
        return f"{share[0]} {_side(s)[0]}", f"{share[1]}{_side(s)[1]}"
    if s.low is None:
        place = DIRECTIONS[s.kind]
        return f"{_side(s)[0]}{place[0]}", f"{place[1]}{_side(s)[1]}"
    en, zh = KINDS[s.kind]
    if (s.hedge not in {"exact", "range"} and s.kind not in STANDS) or in_words(s):
        return _sized(s, en, zh)
    if s.kind in MOVED and s.hedge != "range":
        return en.format(f=_amount(s)), _sized(s, en, zh)[1]
    hedge = HEDGES[s.hedge]
    others = [", ".join(_who(a, chinese) for a in s.against) for chinese in (False, True)]
    return (
        en.format(f=hedge[0] + _amount(s), h=hedge[0], a=others[0]),
        zh.format(f=hedge[1] + _amount(s, True), h=hedge[1].strip(), a=others[1]),
    )


def _sized(s: Statement, en: str, zh: str) -> tuple[str, str]:
    """A hedged change, by size: "more than −17 %" might be read either way."""
    worth = s.kind.startswith("value_change")
    rise, fall = ("增加", "減少") if worth else ("上漲", "下跌")
    hedge, side = HEDGES[s.hedge], ("rise", rise) if s.direction > 0 else ("fall", fall)
    plain = [_amount(s, chinese).lstrip(f"+{MINUS}") for chinese in (False, True)]
    plain[0] += " of its price" if _part(s) else ""
    return (
        en.replace(" of {f}", ", {f}").format(f=f"a {side[0]} of {hedge[0]}{plain[0]}"),
        zh.format(f=f"{side[1]}{hedge[1].strip()} {plain[1]}"),
    )


def _side(s: Statement) -> tuple[str, str]:
    return ("up", "上漲") if s.direction > 0 else ("down", "下跌")


def _superlative(s: Statement) -> tuple[str, str]:
    back = (f" since {s.since}", f"{s.since} 以來") if s.since else ("", "")
    if name := PLACES.get(s.kind):
        return f"place {s.low:.0f} by {name[0]}{back[0]}", f"{back[1]}{name[1]}第 {s.low:.0f}"
    if s.kind == "record":
        side, chinese = ("highest", "最高") if s.by == "high" else ("lowest", "最低")
        told = f"the {side} close{back[0]}" if s.since else f"a record {s.by} close"
        return told, f"{back[1]}{chinese}收盤" if s.since else f"收盤歷史新{chinese[1]}"
    move = ("rise", "漲幅") if s.direction > 0 else ("loss", "跌幅")
    unit = {"dollars": (" in dollars", "（金額）"), "per cent": (" in per cent", "（百分比）")}.get(s.by, ("", ""))
    if s.hedge == "among":
        many = "rises" if s.direction > 0 else "losses"
        return f"among the ten largest one-day {many}{unit[0]}", f"單日{move[1]}名列前十{unit[1]}"
    return f"the largest one-day {move[0]}{back[0]}{unit[0]}", f"{back[1]}最大單日{move[1]}{unit[1]}"


def _first_of(s: Statement) -> tuple[str, str]:
    move = ("fell", "跌") if s.direction < 0 else ("rose", "漲")
    en, zh = (f"{'、' if zh else ', '}".join(_who(a, zh) for a in s.against) for zh in (False, True))
    return f"{move[0]} most of {en or 'others not named'}", f"在{zh or '未列名者'}中{move[1]}最多"


def in_words(s: Statement) -> bool:
    """Whether digits would tell the figure more finely than it was said: "a third", "half a per cent"."""
    return bool(s.kind in IN_PER_CENT and s.low == s.high and (_part(s) or _of_one(s)))


def _part(s: Statement) -> Fraction | None:
    """The figure as a part of the whole, where it is no whole number of its steps."""
    if s.low is None or s.step is None or isclose(s.low / s.step, round(s.low / s.step), abs_tol=1e-6):
        return None
    part = Fraction(abs(s.low)).limit_denominator(max(PARTS))
    held = part.denominator in PARTS and part.numerator < part.denominator
    return part if held and isclose(part, abs(s.low), abs_tol=s.step / 10) else None


def _of_one(s: Statement) -> str:
    """The words for a part of one per cent, where that part is the step at which the figure is read."""
    if s.low is None or s.step is None or not isclose(abs(s.low), s.step):
        return ""
    told = words()["numbers"].items()
    return next((word for word, value in told if value < 1 and isclose(value, 100 * s.step)), "")


def _amount(s: Statement, zh: bool = False) -> str:
    if s.low is None or s.high is None:
        return ""
    if in_words(s):
        return _worded(s, zh)
    low, high = (_plain(s, edge, zh) for edge in sorted((s.low, s.high), key=abs))
    return low if low == high else f"{low} {'至' if zh else 'to'} {high}"


def _plain(s: Statement, value: float, zh: bool) -> str:
    sign = MINUS if value < 0 else "" if s.kind in STANDS else "+"
    size = abs(value)
    if s.kind == "volume_multiple":
        return f"{size:.6g} {'倍' if zh else 'times'}"
    if s.kind in COUNTS:
        return f"{size:,.10g}"
    if s.kind in {"value_change", "value_changes_sum", "market_value", "turnover", "turnover_change"}:
        worth, unit = (1e9, "bn") if not zh else (1e12, " 兆") if size >= 1e12 else (1e8, " 億")
        return f"{sign}{size / worth:,.6g}{unit}{_currency(s, zh, '')}"
    if s.kind in {"points", "index_points"}:
        return f"{sign}{size:,.10g} {'點' if zh else 'points'}"
    if s.kind in {"price_level", "price_change"}:
        return f"{sign}{_written(size, s.step, ',.10g')}{_currency(s, zh)}"
    return f"{sign}{_written(100 * size, s.step and 100 * s.step, '.6g')}{'' if zh else ' '}%"


def _worded(s: Statement, zh: bool) -> str:
    """A third; half a per cent: as coarse as it was said."""
    part = _part(s)
    if part is None:
        return f"{100 * abs(s.low or 0.0):.6g}%" if zh else f"{_of_one(s)} per cent"
    number, over = part.numerator, part.denominator
    if zh:
        return f"{NUMERALS[over]}分之{NUMERALS[number]}"
    counted = next(word for word, value in words()["numbers"].items() if value == number and len(word) > 1)
    return f"{counted} {PARTS[over]}{'s' if number > 1 else ''}"


def _currency(s: Statement, zh: bool, between: str = " ") -> str:
    return f"{between}美元" if zh and s.currency == "USD" else f" {s.currency}".rstrip()


def _written(size: float, step: float | None, usual: str) -> str:
    """With the decimals that were written, noughts too: 118.40, 17.0."""
    return f"{size:,.{round(-log10(step))}f}" if step and step < 0.2 else format(size, usual)
