"""What a claim states against what its texts say: figures, signs, last digits and days, in both languages."""

from __future__ import annotations

import pytest

from eventwindow.errors import ClaimError
from eventwindow.study.ledger import read_claims

MONEY = "measure = 'value_change'\nprecision = 1e9"
PRICE = "measure = 'price_level'\nprecision = 0.01"
UP, DOWN = "hedge = 'direction'\ndirection = 'up'", "hedge = 'direction'\ndirection = 'down'"


def keys(stated: float | str, more: str = "", precision: float | None = 0.01) -> str:
    return f"stated = {stated}\n" + (f"precision = {precision}\n" if precision else "") + more


def read(tmp_path, text: str, written: str, zh: str = "", said: str = ""):
    measure = "" if "measure" in written else "\nmeasure = 'return'"
    texts = (
        f"text_en = {text!r}\n" + (f"text_zh = {zh!r}\n" if zh else "") + (f"stated_text = {said!r}\n" if said else "")
    )
    head = "[[articles]]\nkey = 'A'\ntitle_en = 'a'\n[[claims]]\nid = 'c'\narticle = 'A'\nsecurity = 'NVDA'\n"
    (tmp_path / "claims.toml").write_text(
        head + texts + written + measure + "\ndate = 2025-01-27\n" * ("date =" not in written), encoding="utf-8"
    )
    return read_claims(tmp_path / "claims.toml", {"NVDA"}, {"all"}, {"e"}).claims[0]


AGREE = [
    ("It fell by about 17 % on 27 January.", keys(-0.17, "hedge = 'about'"), "1 月 27 日跌約一成七。", "17 %"),
    ("It fell 17 percent.", keys(-0.17), "跌百分之十七。", "17％"),
    ("Shares sank seventeen per cent", keys(-0.17), "股價重挫 17 個百分點", ""),
    ("It lost 16.97 %", keys(-0.1697, precision=0.0001), "下跌 16.97%", ""),
    ("It rose 8.9 %, after 17 % down the day before.", keys(0.089, precision=0.001), "前一天跌 17 %，當天漲 8.9 %", ""),
    ("Close to 600 billion dollars were gone.", keys("-600e9", MONEY + "\nhedge = 'close_to'", None), "接近六千億美元蒸發", "close to 600bn dollars"),
    ("It lost $593bn.", keys("-593e9", MONEY, None), "市值少了 5,930 億美元", ""),
    ("It lost US$0.593 trillion.", keys("-593e9", MONEY, None), "", ""),
    ("It gained 1.147 trillion dollars.", keys("1.147e12", MONEY, None), "增加 1 兆 1,470 億美元", ""),
    ("It gained 1.5 trillion dollars.", keys("1.5e12", "measure = 'value_change'\nprecision = 1e11", None), "增加一點五兆美元", ""),
    ("It closed at 128.99 dollars on 28 January 2025.", keys(128.99, PRICE + "\ndate = 2025-01-28", None), "收在 128.99 美元", "128.99"),
    ("It was down by 1 to 2 %.", keys("[-0.01, -0.02]", "hedge = 'range'"), "跌一至二個百分點", "1 to 2 %"),
    ("It fell between 1 and 2 per cent.", keys("[-0.01, -0.02]", "hedge = 'range'"), "", ""),
    ("The Dow fell 1,679.39 points.", keys(-1679.39, "measure = 'points'", None), "道瓊下跌 1,679.39 點。", ""),
    ("It fell 15 to 20 %.", keys("[-0.15, -0.2]", "hedge = 'range'"), "", ""),
    ("It fell.", keys(-0.17), "大跌。", ""),
    ("It lost its crown and added two data centres.", UP, "", ""),
    ("It lost its crown.", UP, "", ""),
    ("It added staff.", DOWN, "", ""),
    ("It surged in volume, yet was not up.", DOWN, "", ""),
    ("若跌破支撐恐再跌。", UP, "", ""),
    ("The share of firms that fell: 68 %.", "hedge = 'exact'\nstated = 0.68\nprecision = 0.01\nmeasure = 'panel_breadth'\nfigure = 'share_down'", "", ""),
    ("It did not fall.", UP, "並未下跌。", ""),
    ("It rose less than the market fell.", DOWN, "漲幅不如大盤跌幅", ""),
    ("It rebounded after it had lost 17 %.", UP, "大跌後反彈。", ""),
    ("Return on the day after the fall", UP, "重挫隔日的報酬", ""),
    ("Its largest gain since the fall of 2020", UP, "", ""),
    ("It fell less than 20 %.", keys(-0.2, "hedge = 'less_than'"), "跌不到兩成。", ""),
    ("On Sunday 26 January it was said to fall.", DOWN, "", ""),
    ("By 28 January it had won back a third of what it lost on 27 January.", UP, "1 月 28 日收復失土，前一日 1 月 27 日大跌。", ""),
    ("It rose 30 % from 20 to 27 January.", keys(0.3, "date = 2025-01-21\nuntil = 2025-01-27"), "", ""),
    ("The fund sold its 5 % stake, and the share fell.", DOWN, "", ""),
    ("It cost 0.55 against 15 dollars.", keys(0.55, PRICE, None), "", ""),
    ("It fell 17 and then 3 %.", keys(-0.17), "", ""),
    ("It was worth 593 or 600 billion dollars.", keys("593e9", MONEY, None), "", ""),
    ("May it fall 3 %?", keys(-0.03), "", ""),
    ("It lost a tenth: 10 %.", keys(-0.1, precision=0.1), "跌一成", ""),
    ("It lost 10 %.", keys(-0.1, precision=0.01), "", ""),
    ("It fell 17 %, 2.5 points more than the index.", keys(-0.17), "", ""),
    ("It more than doubled.", keys(1.0, "hedge = 'more_than'\nmeasure = 'year_return'\nyear = 2023\n", None) + "#date =", "漲逾一倍", ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "written", "zh", "said"), AGREE, ids=lambda v: None)
def test_texts_that_say_what_is_stated_are_read(tmp_path, text, written, zh, said):
    assert read(tmp_path, text, written, zh, said).measure is not None


AGREE_TOO = [
    ("Its market value fell from 3.5 to 2.9 trillion dollars.", keys("-0.6e12", "measure = 'value_change'\nprecision = 1e11", None)),
    ("The Nasdaq fell 3 %, the Dow was little changed.", keys(-0.03)),
    ("It was flat at first, then fell 17 %.", keys(-0.17)),
    ("It was unchanged.", keys(0.001, precision=0.001)),
    ("After its worst day it rose 8.9 %.", keys(0.089, precision=0.001)),
    ("It gave up all of January's gains.", DOWN),
    ("On the 27th it fell 17 %.", keys(-0.17)),
    ("It fell on the 28th day of its rally.", DOWN),
    ("連跌 25 日。", DOWN),
    ("近 30 日均線之下，續跌。", DOWN),
]  # fmt: skip


@pytest.mark.parametrize(("text", "written"), AGREE_TOO, ids=lambda v: None)
def test_what_only_looks_like_a_contradiction_is_none(tmp_path, text, written):
    assert read(tmp_path, text, written).measure is not None


CLASH = [
    ("It fell 18 %.", keys(-0.17), "", "", "stated", "'18 %' of text_en"),
    ("It fell 17 %.", keys(-0.17), "跌一成八。", "", "stated", "'一成八' of text_zh"),
    ("It fell 17 %.", keys(-0.17), "跌百分之十八。", "", "stated", "of text_zh"),
    ("It fell 17 %.", keys(-0.17), "", "18 %", "stated", "'18 %' of stated_text"),
    ("It fell eighteen per cent.", keys(-0.17), "", "", "stated", "of text_en"),
    ("It lost 589 billion dollars.", keys("-593e9", MONEY, None), "", "", "stated", "'589 billion dollars'"),
    ("It lost $593bn.", keys("-593e9", MONEY, None), "市值少了 5,890 億美元", "", "stated", "'5,890 億美元' of text_zh"),
    ("It lost $593bn.", keys("-593e9", MONEY, None), "市值蒸發五千八百九十億美元", "", "stated", "of text_zh"),
    ("It lost 593 million dollars.", keys("-593e9", MONEY, None), "", "", "stated", "'593 million dollars'"),
    ("It closed at 118.42 dollars.", keys(128.99, PRICE, None), "", "", "stated", "'118.42 dollars'"),
    ("It was down by 1 to 2 %.", keys("[-0.01, -0.03]", "hedge = 'range'"), "", "", "stated", "'1 to 2 %'"),
    ("It fell between 1 and 2 per cent.", keys("[-0.01, -0.03]", "hedge = 'range'"), "", "", "stated", "text_en"),
    ("It fell 17 %.", keys(-17), "", "", "stated", "-17 is not the '17 %'"),
    ("It fell 1 %.", keys(0.01), "", "", "stated", "text_en says 'fell', and stated is up"),
    ("It fell.", keys(0.01), "", "", "stated", "text_en says 'fell'"),
    ("It had fallen less than 20 %.", keys(0.2, "hedge = 'less_than'"), "", "", "stated", "says 'fallen'"),
    ("It went down by 3 %.", keys(0.03), "", "", "stated", "text_en says 'down by 3'"),
    ("Nvidia drops 9 %", UP, "", "", "direction", "text_en says"),
    ("Its shares surged", DOWN, "", "", "direction", "says 'surged', and direction is down"),
    ("It moved 3 %.", keys(0.03), "下跌 3 %。", "", "stated", "text_zh says"),
    ("It moved.", UP, "當日重挫。", "", "direction", "text_zh says"),
    ("It moved.", DOWN, "股價飆漲一成", "", "direction", "text_zh says"),
    ("It lost 20 billion dollars.", keys("20e9", MONEY, None), "", "", "stated", "says 'lost', and stated is up"),
    ("Most chip stocks fell.", "hedge = 'most'\nmeasure = 'breadth'\nmembers = ['all']\nside = 'up'", "", "", "side", "says 'fell'"),
    ("It rose 1.2 %.", keys(0.012, precision=0.1), "", "", "precision", "0.1 is not the step of the last digit of '1.2 %'"),
    ("It rose 1.2 %.", keys(0.012, precision=0.0001), "", "", "precision", "'1.2 %'"),
    ("It lost $593bn.", keys("-593e9", "measure = 'value_change'\nprecision = 1e11", None), "", "", "precision", "'$593bn'"),
    ("It closed at 128.99 dollars.", keys(128.99, "measure = 'price_level'\nprecision = 1", None), "", "", "precision", "128.99"),
    ("It fell on 28 January.", DOWN, "", "", "date", "text_en names 28/1 (day/month), and date is 2025-01-27"),
    ("It fell on January 28, 2025.", DOWN, "", "", "date", "28/1/2025"),
    ("It fell on 27 January 2024.", DOWN, "", "", "date", "27/1/2024"),
    ("It fell on 2025-01-24.", DOWN, "", "", "date", "24/1/2025"),
    ("It fell on 27 January.", DOWN, "1 月 28 日大跌。", "", "date", "text_zh names 28/1"),
    ("It fell on Friday 24 January.", DOWN, "", "", "date", "24/1 (day"),
    ("It fell 1,679 points.", keys(-1697, "measure = 'points'", None), "", "", "stated", "'1,679 points'"),
    ("It fell 1,679 points.", keys(1679, "measure = 'points'", None), "", "", "stated", "says 'fell'"),
    ("It fell about 17 %.", keys(-0.17, "hedge = 'exact'"), "", "", "hedge", "text_en says 'about', which is 'about', and hedge is 'exact'"),
    ("It fell nearly 17 %.", keys(-0.17, "hedge = 'close_to'"), "", "", "hedge", "'nearly'"),
    ("It fell at least 17 %.", keys(-0.17, "hedge = 'more_than'"), "", "", "hedge", "'reached'"),
    ("It fell 17 % or more.", keys(-0.17, "hedge = 'more_than'"), "", "", "hedge", "'reached'"),
    ("It fell up to 17 %.", keys(-0.17, "hedge = 'reached'"), "", "", "hedge", "'at_most'"),
    ("It fell 17 %.", keys(-0.17, "hedge = 'about'"), "", "", "hedge", "states the figure without such a word"),
    ("It fell.", keys(-0.17, "hedge = 'reached'"), "跌逾 17%。", "", "hedge", "text_zh says '逾', which is 'more_than'"),
    ("It fell.", keys(-0.17, "hedge = 'more_than'"), "下跌達 17%。", "", "hedge", "'amounted_to'"),
    ("It fell.", keys(-0.17, "hedge = 'more_than'"), "下跌 17% 以上。", "", "hedge", "'reached'"),
    ("It lost $593bn.", keys("-593e9", MONEY + "\nhedge = 'nearly'", None), "", "close to 593bn dollars", "hedge", "'close to'"),
    ("It gave up 17 %.", keys(0.17), "", "", "stated", "says 'gave up'"),
    ("It ended in positive territory.", DOWN, "", "", "direction", "'in positive territory'"),
    ("It bounced back 9 %.", keys(-0.09), "", "", "stated", "says 'bounced'"),
    ("Nvidia cratered 17 %.", keys(0.17), "", "", "stated", "says 'cratered'"),
    ("Its worst day since 2020", UP, "", "", "direction", "'worst day'"),
    ("It moved.", keys(0.17), "市值縮水 17%。", "", "stated", "says '縮水"),
    ("It was unchanged.", keys(-0.17), "", "", "stated", "says 'unchanged', and stated is a move"),
    ("It moved.", DOWN, "輝達平盤作收。", "", "direction", "says '平盤', and direction is a move"),
    ("It fell on the 28th.", DOWN, "", "", "date", "names day 28"),
    ("It moved.", DOWN, "輝達 28 日下跌。", "", "date", "names day 28"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "written", "zh", "said", "key", "told"), CLASH, ids=lambda v: None)
def test_a_text_that_says_otherwise_is_an_error_at_the_key(tmp_path, text, written, zh, said, key, told):
    with pytest.raises(ClaimError) as caught:
        read(tmp_path, text, written, zh, said)
    assert told in str(caught.value)
    assert caught.value.where.endswith(f"claims[1].{key}")
    lines = (tmp_path / "claims.toml").read_text(encoding="utf-8").splitlines()
    line = next(k for k, one in enumerate(lines, 1) if one.startswith(f"{key} ="))
    assert f"line {line}," in caught.value.where
    assert caught.value.remedy


@pytest.mark.parametrize(("text", "word"), [("It fell sharply.", "sharply"), ("It was sold heavily and fell.", "heavily"), ("大跌。", "sharply"), ("It fell in a panic.", "panic")])  # fmt: skip
def test_a_word_of_strength_beside_a_direction_is_a_key(tmp_path, text, word):
    with pytest.raises(ClaimError, match="there is no strength") as caught:
        read(tmp_path, text, DOWN)
    assert f'strength = "{word}"' in caught.value.remedy
    assert read(tmp_path, text, f"strength = '{word}'\ndirection = 'down'").strength == word


@pytest.mark.parametrize("text", ["SVB's shares lost 60 % on 9 March.", "It closed 37.91 % lower and fell by 37.91 %."])
def test_what_prices_could_tell_is_open_and_not_beyond_all_prices(tmp_path, text):
    head = f"[[articles]]\nkey = 'A'\ntitle_en = 'a'\n[[claims]]\nid = 'c'\narticle = 'A'\ntext_en = {text!r}\n"
    path = tmp_path / "claims.toml"
    path.write_text(head + "not_testable_en = 'delisted'\n", encoding="utf-8")
    with pytest.raises(ClaimError, match="which prices can tell") as caught:
        read_claims(path, set(), set())
    assert "open_en" in caught.value.remedy
    path.write_text(head + "open_en = 'delisted'\nopen_zh = '已下市'\n", encoding="utf-8")
    claim = read_claims(path, set(), set()).claims[0]
    assert (claim.open_en, claim.open_zh, claim.measure) == ("delisted", "已下市", None)


def test_a_part_is_held_to_the_texts_of_its_whole_unless_it_is_context(tmp_path):
    head = "[[articles]]\nkey = 'A'\ntitle_en = 'a'\n[[claims]]\nid = 'c'\narticle = 'A'\nsecurity = 'NVDA'\n"
    part = (
        "[[claims.parts]]\ntext_en = 'return'\nmeasure = 'return'\nprecision = 0.01\nstated = {}\ndate = 2025-01-27\n"
    )
    whole = head + "text_en = 'It fell 17 %.'\n" + part.format(-0.17)
    path = tmp_path / "claims.toml"
    path.write_text(whole + part.format(-0.03) + "decides = false\n", encoding="utf-8")
    assert len(read_claims(path, {"NVDA"}, set()).claims[0].parts) == 2
    path.write_text(whole + part.format(-0.03), encoding="utf-8")
    with pytest.raises(ClaimError, match=r"line 19, claims\[1\].parts\[2\].stated: -0.03 is not the '17 %' of text_en"):
        read_claims(path, {"NVDA"}, set())
