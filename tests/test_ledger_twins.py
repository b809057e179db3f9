"""Two ledgers of each kind that differ in one thing: the right twin is read, the wrong one is refused at its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from eventwindow.draft.chinese import simplified
from eventwindow.errors import ClaimError
from eventwindow.study.ledger import read_claims

R = "measure = 'return'\ndate = 2025-01-27"
M = "measure = 'value_change'\ndate = 2025-01-27"
P = "measure = 'price_level'\ndate = 2025-01-28"
Y = "measure = 'year_return'\nyear = 2023"
K = "measure = 'return_rank'\ndate = 2025-01-27"
B = "measure = 'breadth'\nmembers = ['all']\nside = 'down'\ndate = 2025-01-27"
V = "measure = 'volume_multiple'\ndate = 2025-01-27"
G = "measure = 'points'\ndate = 2025-01-27"
L = "measure = 'loss_rank'\ndate = 2025-01-27\nby = 'dollars'"
DOWN, UP = "hedge='direction'\ndirection='down'", "hedge='direction'\ndirection='up'"


def k(stated: float | str | None, measure: str = R, more: str = "") -> str:
    """The keys of a claim: what is stated, how it is measured, and further ones."""
    return "\n".join(line for line in (f"stated = {stated}" * (stated is not None), measure, more) if line)


def t(en: str = "", zh: str = "", said: str = "", said_zh: str = "") -> dict[str, str]:
    return {"text_en": en, "text_zh": zh, "stated_text": said, "stated_text_zh": said_zh}


# Name, the right texts and keys, the wrong texts and keys.
TWINS = [
 ("digit en", t("It fell by 17 %."), k(-0.17), t("It fell by 18 %."), k(-0.17)),
 ("digit zh", t("It fell.", "下跌 17%。"), k(-0.17), t("It fell.", "下跌 18%。"), k(-0.17)),
 ("words en", t("It fell by seventeen per cent."), k(-0.17), t("It fell by eighteen per cent."), k(-0.17)),
 ("words en compound", t("It fell by twenty-one per cent."), k(-0.21), t("It fell by twenty-two per cent."), k(-0.21)),
 ("zh bai fen zhi", t("It fell.", "下跌百分之十七。"), k(-0.17), t("It fell.", "下跌百分之十八。"), k(-0.17)),
 ("zh cheng", t("It fell.", "下跌一成七。"), k(-0.17), t("It fell.", "下跌一成八。"), k(-0.17)),
 ("zh cheng half", t("It fell.", "下跌兩成半。"), k(-0.25), t("It fell.", "下跌三成半。"), k(-0.25)),
 ("zh full width", t("It fell.", "下跌１７％。"), k(-0.17), t("It fell.", "下跌１８％。"), k(-0.17)),
 ("zh numerals yi", t("It lost value.", "市值蒸發六千億美元。"), k(-6e11, M), t("It lost value.", "市值蒸發七千億美元。"), k(-6e11, M)),
 ("zh zhao", t("It lost value.", "市值蒸發一兆兩千億美元。"), k(-1.2e12, M), t("It lost value.", "市值蒸發一兆三千億美元。"), k(-1.2e12, M)),
 ("zh wan yi", t("It lost value.", "市值蒸發 1.2 萬億美元。"), k(-1.2e12, M), t("It lost value.", "市值蒸發 1.2 億美元。"), k(-1.2e12, M)),
 ("zh wan", t("It lost value.", "市值蒸發 560 萬美元。"), k(-5.6e6, M), t("It lost value.", "市值蒸發 560 億美元。"), k(-5.6e6, M)),
 ("unit en", t("It lost 593 billion dollars."), k(-593e9, M), t("It lost 593 million dollars."), k(-593e9, M)),
 ("unit bn", t("It lost $593bn."), k(-593e9, M), t("It lost $593m."), k(-593e9, M)),
 ("unit trillion", t("It lost 1.2 trillion dollars."), k(-1.2e12, M), t("It lost 1.2 billion dollars."), k(-1.2e12, M)),
 ("thousand billion", t("It lost 1,000 billion dollars."), k(-1e12, M), t("It lost 100 billion dollars."), k(-1e12, M)),
 ("half a trillion", t("It lost half a trillion dollars."), k(-5e11, M), t("It lost a quarter of a trillion dollars."), k(-5e11, M)),
 ("sign", t("It fell by 17 %."), k(-0.17), t("It fell by 17 %."), k(0.17)),
 ("sign written", t("It moved −17 %."), k(-0.17), t("It moved +17 %."), k(-0.17)),
 ("sign said", t("It fell.", said="−17 %"), k(-0.17), t("It moved.", said="+17 %"), k(-0.17)),
 ("direction en", t("It surged."), k(None, R, "hedge='direction'\ndirection='up'"), t("It plunged."), k(None, R, "hedge='direction'\ndirection='up'")),
 ("direction zh", t("It moved.", "股價大漲一成。"), k(0.1), t("It moved.", "股價大跌一成。"), k(0.1)),
 ("direction zh 2", t("It moved.", "收高 2%。"), k(0.02), t("It moved.", "收低 2%。"), k(0.02)),
 ("direction soared", t("Shares ended 3 % higher."), k(0.03), t("Shares ended 3 % lower."), k(0.03)),
 ("negation", t("It did not fall."), k(None, R, "hedge='direction'\ndirection='up'"), t("It did not rise."), k(None, R, "hedge='direction'\ndirection='up'")),
 ("negation zh", t("It moved.", "並未下跌。"), k(None, R, "hedge='direction'\ndirection='up'"), t("It moved.", "並未上漲。"), k(None, R, "hedge='direction'\ndirection='up'")),
 ("range", t("It was down by 1 to 2 %."), k("[-0.01, -0.02]", R, "hedge='range'"), t("It was down by 1 to 3 %."), k("[-0.01, -0.02]", R, "hedge='range'")),
 ("range zh", t("It fell.", "下跌一至二個百分點。"), k("[-0.01, -0.02]", R, "hedge='range'"), t("It fell.", "下跌一至三個百分點。"), k("[-0.01, -0.02]", R, "hedge='range'")),
 ("range between", t("It fell between 1 and 2 per cent."), k("[-0.01, -0.02]", R, "hedge='range'"), t("It fell between 1 and 3 per cent."), k("[-0.01, -0.02]", R, "hedge='range'")),
 ("range as one", t("It fell by 15 to 20 %."), k("[-0.15, -0.2]", R, "hedge='range'"), t("It fell by 15 to 20 %."), k(-0.17)),
 ("less than", t("It fell by less than 20 %."), k(-0.2, R, "hedge='less_than'"), t("It rose by less than 20 %."), k(-0.2, R, "hedge='less_than'")),
 ("less/more", t("It fell by less than 20 %."), k(-0.2, R, "hedge='less_than'"), t("It fell by more than 20 %."), k(-0.2, R, "hedge='less_than'")),
 ("at most", t("It fell by at most 5 %."), k(-0.05, R, "hedge='at_most'"), t("It fell by at least 5 %."), k(-0.05, R, "hedge='at_most'")),
 ("zh less", t("It fell.", "下跌不到兩成。"), k(-0.2, R, "hedge='less_than'"), t("It fell.", "下跌逾兩成。"), k(-0.2, R, "hedge='less_than'")),
 ("zh nearly", t("It lost value.", "市值少掉將近六千億美元。"), k(-6e11, M, "hedge='nearly'"), t("It lost value.", "市值少掉超過六千億美元。"), k(-6e11, M, "hedge='nearly'")),
 ("zh da", t("It lost value.", "市值損失達六千億美元。"), k(-6e11, M, "hedge='amounted_to'"), t("It lost value.", "市值損失約六千億美元。"), k(-6e11, M, "hedge='amounted_to'")),
 ("zh duo", t("It lost value.", "市值蒸發六千多億美元。"), k(-6e11, M, "hedge='more_than'"), t("It lost value.", "市值蒸發六千億美元。"), k(-6e11, M, "hedge='more_than'")),
 ("hedge about", t("It fell by about 17 %."), k(-0.17, R, "hedge='about'"), t("It fell by 17 %."), k(-0.17, R, "hedge='about'")),
 ("doubled", t("It doubled in 2023."), k(1.0, Y), t("It tripled in 2023."), k(1.0, Y)),
 ("more than doubled", t("It more than doubled in 2023."), k(1.0, Y, "hedge='more_than'"), t("It more than doubled in 2023."), k(2.0, Y, "hedge='more_than'")),
 ("halved", t("It halved in 2023."), k(-0.5, Y), t("It halved in 2023."), k(-0.25, Y)),
 ("zh doubled", t("It rose.", "2023 年漲逾一倍。"), k(1.0, Y, "hedge='more_than'"), t("It rose.", "2023 年漲逾兩倍。"), k(1.0, Y, "hedge='more_than'")),
 ("zh fan bei", t("It rose.", "2023 年翻倍。"), k(1.0, Y), t("It fell.", "2023 年腰斬。"), k(1.0, Y)),
 ("zh yao zhan", t("It moved.", "2023 年股價腰斬。"), k(-0.5, Y), t("It moved.", "2023 年股價翻倍。"), k(-0.5, Y)),
 ("year", t("It doubled in 2023."), k(1.0, Y), t("It doubled in 2024."), k(1.0, Y)),
 ("rank en", t("It was its third largest fall."), k(3, K), t("It was its fourth largest fall."), k(3, K)),
 ("rank 3rd", t("It was its 3rd largest fall."), k(3, K), t("It was its 4th largest fall."), k(3, K)),
 ("rank zh", t("It fell.", "為史上第三大跌幅。"), k(3, K), t("It fell.", "為史上第四大跌幅。"), k(3, K)),
 ("rank first", t("It was the largest loss ever."), k(1, L), t("It was the largest loss ever."), k(2, L)),
 ("rank top", t("It was among the ten largest falls."), k(10, K, "hedge='among'"), t("It was among the five largest falls."), k(10, K, "hedge='among'")),
 ("since en", t("It was its worst day since March 2021."), k(1, K, "since=2021-03-01"), t("It was its worst day since March 2021."), k(1, K)),
 ("since other", t("It was its worst day since 2020."), k(1, K, "since=2020-01-01"), t("It was its worst day since 2020."), k(1, K, "since=2022-01-01")),
 ("since end", t("It was its worst day since the end of 2019."), k(1, K, "since=2020-01-01"), t("It was its worst day since 2016."), k(1, K, "since=2020-01-01")),
 ("since zh", t("It was its worst day.", "為 2021 年以來最慘的一天。"), k(1, K, "since=2021-01-01"), t("It was its worst day.", "為 2021 年以來最慘的一天。"), k(1, K)),
 ("share", t("Of all stocks, 68 % fell."), k(0.68, B), t("Of all stocks, 86 % fell."), k(0.68, B)),
 ("share two thirds", t("Two thirds of the stocks fell."), k(0.667, B), t("Three quarters of the stocks fell."), k(0.667, B)),
 ("share most", t("Most stocks fell."), k(None, B, "hedge='most'"), t("All stocks fell."), k(None, B, "hedge='most'")),
 ("share some", t("Some stocks fell."), k(None, B, "hedge='some'"), t("Most stocks fell."), k(None, B, "hedge='some'")),
 ("share zh", t("They fell.", "多數股票下跌。"), k(None, B, "hedge='most'"), t("They fell.", "所有股票下跌。"), k(None, B, "hedge='most'")),
 ("share none", t("All stocks fell."), k(None, B, "hedge='all'"), t("No stock fell."), k(None, B, "hedge='all'")),
 ("precision", t("It rose by 1.2 %."), k(0.012, R, "precision = 0.001"), t("It rose by 1.2 %."), k(0.012, R, "precision = 0.1")),
 ("last digit", t("It fell by 16.97 %."), k(-0.1697), t("It fell by 16.9 %."), k(-0.1697)),
 ("last digit price", t("It closed at 128.99 dollars."), k(128.99, P), t("It closed at 128.9 dollars."), k(128.99, P)),
 ("price unit", t("It closed at 128.99 dollars."), k(128.99, P), t("It closed at 128.99 %."), k(128.99, P)),
 ("price zh", t("It closed.", "收在一百二十八點九九美元。"), k(128.99, P), t("It closed.", "收在一百二十九點九九美元。"), k(128.99, P)),
 ("date", t("It fell on 27 January."), k(None, R, "hedge='direction'\ndirection='down'"), t("It fell on 28 January."), k(None, R, "hedge='direction'\ndirection='down'")),
 ("date spelled", t("It fell on the twenty-seventh of January."), k(None, R, "hedge='direction'\ndirection='down'"), t("It fell on the twenty-eighth of January."), k(None, R, "hedge='direction'\ndirection='down'")),
 ("date us", t("It fell on January 27th, 2025."), k(None, R, "hedge='direction'\ndirection='down'"), t("It fell on January 24th, 2025."), k(None, R, "hedge='direction'\ndirection='down'")),
 ("date zh", t("It fell.", "1 月 27 日下跌。"), k(None, R, "hedge='direction'\ndirection='down'"), t("It fell.", "1 月 28 日下跌。"), k(None, R, "hedge='direction'\ndirection='down'")),
 ("date zh numerals", t("It fell.", "一月二十七日下跌。"), k(None, R, "hedge='direction'\ndirection='down'"), t("It fell.", "一月二十八日下跌。"), k(None, R, "hedge='direction'\ndirection='down'")),
 ("weekday", t("It fell on Monday."), k(None, R, "hedge='direction'\ndirection='down'"), t("It fell on Tuesday."), k(None, R, "hedge='direction'\ndirection='down'")),
 ("weekday zh", t("It fell.", "週一下跌。"), k(None, R, "hedge='direction'\ndirection='down'"), t("It fell.", "週二下跌。"), k(None, R, "hedge='direction'\ndirection='down'")),
 ("times volume", t("Volume was three times the usual."), k(3, V), t("Volume was four times the usual."), k(3, V)),
 ("times volume zh", t("Volume rose.", "成交量為平日的三倍。"), k(3, V), t("Volume rose.", "成交量為平日的四倍。"), k(3, V)),
 ("points", t("The Dow fell 1,679 points."), k(-1679, G), t("The Dow fell 1,697 points."), k(-1679, G)),
 ("points zh", t("It fell.", "道瓊下跌 1,679 點。"), k(-1679, G), t("It fell.", "道瓊下跌 1,697 點。"), k(-1679, G)),
 ("points vs percent", t("The Dow fell 4 points."), k(-4, G), t("The Dow fell 4 %."), k(-4, G)),
 ("strength", t("It fell sharply."), k(None, R, "strength='sharply'\ndirection='down'"), t("It fell sharply."), k(None, R, "hedge='direction'\ndirection='down'")),
 ("strength other", t("It fell in a panic."), k(None, R, "strength='panic'\ndirection='down'"), t("It fell sharply."), k(None, R, "strength='panic'\ndirection='down'")),
 ("strength unsaid", t("It fell sharply."), k(None, R, "strength='sharply'\ndirection='down'"), t("It fell."), k(None, R, "strength='sharply'\ndirection='down'")),
 ("stated_text_zh", t("It fell.", "下跌。", "17 %", "17%"), k(-0.17), t("It fell.", "下跌。", "17 %", "71%"), k(-0.17)),
 ("third", t("It lost a third of its value."), k(-0.333), t("It lost a quarter of its value."), k(-0.333)),
 ("bp", t("It fell by 50 basis points."), k(-0.005), t("It fell by 5 basis points."), k(-0.005)),
 ("a fifth", t("It lost nearly a fifth."), k(-0.2,R,"hedge='nearly'"), t("It lost nearly a quarter."), k(-0.2,R,"hedge='nearly'")),
 ("four fifths", t("It lost four-fifths of its value."), k(-0.8), t("It lost two-fifths of its value."), k(-0.8)),
 ("pct", t("It slid 17 pct."), k(-0.17), t("It slid 16 pct."), k(-0.17)),
 ("zh near", t("It fell.","狂跌近 17%。"), k(-0.17,R,"hedge='nearly'"), t("It fell.","狂跌逾 17%。"), k(-0.17,R,"hedge='nearly'")),
 ("swapped", t("It lost value.","市值少了 5,927 億美元。"), k(-592.7e9,M), t("It lost value.","市值少了 5,972 億美元。"), k(-592.7e9,M)),
 ("zh zhao/yi", t("It lost value.","市值蒸發 0.6 兆美元。"), k(-6e11,M), t("It lost value.","市值蒸發 0.6 億美元。"), k(-6e11,M)),
 ("words hundred", t("It lost six hundred billion dollars."), k(-6e11,M), t("It lost five hundred billion dollars."), k(-6e11,M)),
 ("words long", t("It lost five hundred and ninety-three billion dollars."), k(-593e9,M), t("It lost five hundred and ninety-two billion dollars."), k(-593e9,M)),
 ("plain noughts", t("It lost $593,000,000,000."), k(-593e9,M), t("It lost $593,000,000."), k(-593e9,M)),
 ("threefold", t("Volume was threefold the usual."), k(3,V), t("Volume was fourfold the usual."), k(3,V)),
 ("twice", t("Volume was twice the usual."), k(2,V), t("Volume was three times the usual."), k(2,V)),
 ("2x", t("Volume was 2.5x the usual."), k(2.5,V), t("Volume was 3.5x the usual."), k(2.5,V)),
 ("second-worst", t("It was its second-worst day."), k(2,K), t("It was its worst day."), k(2,K)),
 ("27th of", t("It fell on the 27th of January."), k(None,R,DOWN), t("It fell on the 28th of January."), k(None,R,DOWN)),
 ("slashes", t("It fell on 27/01/2025."), k(None,R,DOWN), t("It fell on 28/01/2025."), k(None,R,DOWN)),
 ("us slashes", t("It fell on 1/27/2025."), k(None,R,DOWN), t("It fell on 1/28/2025."), k(None,R,DOWN)),
 ("dots", t("It fell on 27.1.2025."), k(None,R,DOWN), t("It fell on 28.1.2025."), k(None,R,DOWN)),
 ("Jan.", t("It fell on Jan. 27."), k(None,R,DOWN), t("It fell on Jan. 24."), k(None,R,DOWN)),
 ("Mon 24", t("It fell on Mon 27 January."), k(None,R,DOWN), t("It fell on Mon 20 January."), k(None,R,DOWN)),
 ("no more than", t("It fell by no more than 5 %."), k(-0.05,R,"hedge='at_most'"), t("It fell by no less than 5 %."), k(-0.05,R,"hedge='at_most'")),
 ("not even", t("It fell by not even 2 %."), k(-0.02,R,"hedge='less_than'"), t("It fell by 2 %."), k(-0.02,R,"hedge='less_than'")),
 ("zh not more", t("It fell.","跌幅不超過 5%。"), k(-0.05,R,"hedge='at_most'"), t("It fell.","跌幅超過 5%。"), k(-0.05,R,"hedge='at_most'")),
 ("level zh", t("It closed.","跌至 118.42 美元。"), k(118.42,P), t("It closed.","跌至 118.24 美元。"), k(118.42,P)),
 ("from to", t("It went from 142.62 to 118.42 dollars."), k(118.42,P), t("It went from 142.62 to 118.24 dollars."), k(118.42,P)),
 ("noun decline", t("A decline of 17 %."), k(-0.17), t("A decline of 17 %."), k(0.17)),
 ("noun gain", t("A gain of 17 %."), k(0.17), t("A gain of 17 %."), k(-0.17)),
 ("noun loss money", t("A loss of 593 billion dollars."), k(-593e9,M), t("A loss of 593 billion dollars."), k(593e9,M)),
 ("zh noun", t("Move.","跌幅 17%。"), k(-0.17), t("Move.","漲幅 17%。"), k(-0.17)),
 ("hyphen minus", t("Move of -17%."), k(-0.17), t("Move of +17%."), k(-0.17)),
 ("off", t("It was off 3 %."), k(-0.03), t("It was off 3 %."), k(0.03)),
 ("red", t("It ended in the red."), k(None,R,DOWN), t("It ended in the green."), k(None,R,DOWN)),
 ("zh hei", t("Move.","收黑。"), k(None,R,DOWN), t("Move.","收紅。"), k(None,R,DOWN)),
 ("simplified", t("It lost value.","市值蒸发六千亿美元。"), k(-6e11,M), t("It lost value.","市值蒸发七千亿美元。"), k(-6e11,M)),
 ("zh fraction", t("It fell.","市值少了三分之一。"), k(-0.33), t("It fell.","市值少了四分之一。"), k(-0.33)),
 ("zh about", t("It fell.","跌約 17%。"), k(-0.17,R,"hedge='about'"), t("It fell.","跌近 17%。"), k(-0.17,R,"hedge='about'")),
 ("zh yishang", t("It fell.","下跌 17% 以上。"), k(-0.17,R,"hedge='reached'"), t("It fell.","下跌 17% 以下。"), k(-0.17,R,"hedge='reached'")),
 ("or more", t("It fell by 17 % or more."), k(-0.17,R,"hedge='reached'"), t("It fell by 17 % or less."), k(-0.17,R,"hedge='reached'")),
 ("never fell", t("It never fell."), k(None,R,UP), t("It never rose."), k(None,R,UP)),
 ("failed to rise", t("It failed to fall."), k(None,R,UP), t("It failed to rise."), k(None,R,UP)),
 ("instead of", t("It rose instead of falling."), k(None,R,UP), t("It fell instead of rising."), k(None,R,UP)),
 ("quadrupled", t("It quadrupled in 2023."), k(3.0,Y), t("It tripled in 2023."), k(3.0,Y)),
 ("year zh", t("It rose.","2023 年翻倍。"), k(1.0,Y), t("It rose.","2024 年翻倍。"), k(1.0,Y)),
 ("half of", t("Half of the stocks fell."), k(0.5,B), t("A third of the stocks fell."), k(0.5,B)),
 ("nine in ten", t("Nine in ten stocks fell."), k(0.9,B), t("Eight in ten stocks fell."), k(0.9,B)),
 ("zh jiu cheng", t("They fell.","九成股票下跌。"), k(0.9,B), t("They fell.","八成股票下跌。"), k(0.9,B)),
 ("majority", t("The majority of stocks fell."), k(None,B,"hedge='most'"), t("A few of the stocks fell."), k(None,B,"hedge='most'")),
 ("side up", t("Most stocks fell."), k(None,B,"hedge='most'"), t("Most stocks rose."), k(None,B,"hedge='most'")),
 ("euro", t("It lost 593 billion euros."), k(-593e9,M), t("It lost 539 billion euros."), k(-593e9,M)),
 ("top zh", t("It fell.","名列前十大跌幅。"), k(10,K,"hedge='among'"), t("It fell.","名列前五大跌幅。"), k(10,K,"hedge='among'")),
 ("record", t("It was a record loss."), k(1,L), t("It was a record loss."), k(3,L)),
 ("percentage words", t("It fell by one and a half per cent."), k(-0.015), t("It fell by two and a half per cent."), k(-0.015)),
 ("point five", t("It fell by 1.5 %."), k(-0.015), t("It fell by 15 %."), k(-0.015)),
 ("comma decimal", t("It fell by 1,500 points."), k(-1500,G), t("It fell by 15,00 points."), k(-1500,G)),
 ("put on", t("It gave up 9 %."), k(-0.09), t("It put on 9 %."), k(-0.09)),
 ("were wiped out", t("593 billion dollars were wiped out."), k(-593e9,M), t("593 billion dollars were added."), k(-593e9,M)),
 ("wiped off", t("It wiped 593 billion dollars off its value."), k(-593e9,M), t("It wiped 593 billion dollars off its value."), k(593e9,M)),
 ("iso day", t("On 2025-01-27 it fell by 17 %."), k(-0.17), t("On 2025-01-24 it fell by 17 %."), k(-0.17)),
 ("digits turned", t("It climbed by 8.93 %."), k(0.0893), t("It climbed by 8.39 %."), k(0.0893)),
 ("zh nearly", t("It lost.","市值蒸發近六千億美元。"), k(-6e11,M,"hedge='nearly'"), t("It lost.","市值蒸發逾六千億美元。"), k(-6e11,M,"hedge='nearly'")),
 ("ended up", t("Shares closed 2 % down."), k(-0.02), t("Shares closed 2 % up."), k(-0.02)),
 ("zh yang", t("It fell.","股價挫 3.5%。"), k(-0.035), t("It fell.","股價揚 3.5%。"), k(-0.035)),
 ("zh tan", t("It fell.","股價摔 12%。"), k(-0.12), t("It fell.","股價彈 12%。"), k(-0.12)),
 ("zh slash", t("It fell.","1/27 下跌 17%。"), k(-0.17), t("It fell.","1/28 下跌 17%。"), k(-0.17)),
]  # fmt: skip


def read(folder: Path, texts: dict[str, str], keys: str) -> None:
    head = "[[articles]]\nkey = 'A'\ntitle_en = 'a'\n[[claims]]\nid = 'c'\narticle = 'A'\n"
    head += "" if "breadth" in keys else "security = 'NVDA'\n"
    body = "".join(f"{key} = {text!r}\n" for key, text in texts.items() if text)
    (folder / "claims.toml").write_text(head + body + keys + "\n", encoding="utf-8")
    read_claims(folder / "claims.toml", {"NVDA"}, {"all"}, {"e"})


@pytest.mark.parametrize("twin", TWINS, ids=[twin[0] for twin in TWINS])
@pytest.mark.parametrize("script", [str, simplified], ids=["as written", "simplified"])
def test_the_right_twin_is_read_and_the_wrong_one_refused(tmp_path, twin, script):
    _, right, right_keys, wrong, wrong_keys = twin
    read(tmp_path, {key: script(text) for key, text in right.items()}, right_keys)
    with pytest.raises(ClaimError) as caught:
        read(tmp_path, {key: script(text) for key, text in wrong.items()}, wrong_keys)
    assert "claims.toml, line " in caught.value.where
    assert caught.value.remedy
