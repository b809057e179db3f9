"""The smallest workbooks that programs write: one sheet of texts, numbers and dates, as xlsx and as ods."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from xml.sax.saxutils import escape

Rows = Sequence[Sequence[object]]
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACK = "http://schemas.openxmlformats.org/package/2006"
_OASIS = "urn:oasis:names:tc:opendocument:xmlns"


def write_xlsx(path: Path, *sheets: Rows) -> None:
    """Each sheet's rows; a date becomes a number with a format of dates, as Excel keeps it."""
    names = [f"Sheet{k}" for k in range(1, len(sheets) + 1)]
    listed = "".join(f'<sheet name="{n}" sheetId="{k}" r:id="r{k}"/>' for k, n in enumerate(names, 1))
    links = "".join(
        f'<Relationship Id="r{k}" Type="{_REL}/worksheet" Target="worksheets/sheet{k}.xml"/>'
        for k in range(1, len(sheets) + 1)
    )
    styles = f'<Relationship Id="s" Type="{_REL}/styles" Target="styles.xml"/>'
    with zipfile.ZipFile(path, "w") as out:
        out.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{_PACK}/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>',
        )
        out.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{_PACK}/relationships"><Relationship Id="w" Type="{_REL}/officeDocument"'
            ' Target="xl/workbook.xml"/></Relationships>',
        )
        out.writestr(
            "xl/workbook.xml", f'<workbook xmlns="{_MAIN}" xmlns:r="{_REL}"><sheets>{listed}</sheets></workbook>'
        )
        out.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{_PACK}/relationships">{links}{styles}</Relationships>',
        )
        out.writestr(
            "xl/styles.xml",
            f'<styleSheet xmlns="{_MAIN}"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/>'
            "</cellXfs></styleSheet>",
        )
        for k, rows in enumerate(sheets, 1):
            body = "".join(
                f'<row r="{i}">{"".join(_xlsx_cell(chr(64 + j), i, cell) for j, cell in enumerate(row, 1))}</row>'
                for i, row in enumerate(rows, 1)
            )
            out.writestr(
                f"xl/worksheets/sheet{k}.xml", f'<worksheet xmlns="{_MAIN}"><sheetData>{body}</sheetData></worksheet>'
            )


def _xlsx_cell(column: str, row: int, cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, date):
        return f'<c r="{column}{row}" s="1"><v>{(cell - date(1899, 12, 30)).days}</v></c>'
    if isinstance(cell, bool):
        return f'<c r="{column}{row}" t="b"><v>{int(cell)}</v></c>'
    if isinstance(cell, int | float):
        return f'<c r="{column}{row}"><v>{cell!r}</v></c>'
    return f'<c r="{column}{row}" t="inlineStr"><is><t>{escape(str(cell))}</t></is></c>'


def write_ods(path: Path, rows: Rows) -> None:
    """One sheet's rows."""
    body = "".join(f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>" for row in rows)
    spaces = " ".join(f'xmlns:{n}="{_OASIS}:{n}:1.0"' for n in ("office", "table", "text"))
    with zipfile.ZipFile(path, "w") as out:
        out.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        out.writestr(
            "META-INF/manifest.xml",
            f'<m:manifest xmlns:m="{_OASIS}:manifest:1.0"><m:file-entry m:full-path="/"'
            ' m:media-type="application/vnd.oasis.opendocument.spreadsheet"/></m:manifest>',
        )
        out.writestr(
            "content.xml",
            f'<office:document-content {spaces}><office:body><office:spreadsheet><table:table table:name="S">{body}'
            "</table:table></office:spreadsheet></office:body></office:document-content>",
        )


def _ods_cell(cell: object) -> str:
    if cell is None:
        return "<table:table-cell/>"
    if isinstance(cell, date):
        kind, shown = f'office:value-type="date" office:date-value="{cell}"', str(cell)
    elif isinstance(cell, int | float):
        kind, shown = f'office:value-type="float" office:value="{cell!r}"', repr(cell)
    else:
        kind, shown = 'office:value-type="string"', escape(str(cell))
    return f"<table:table-cell {kind}><text:p>{shown}</text:p></table:table-cell>"
