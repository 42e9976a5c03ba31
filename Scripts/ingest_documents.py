#!/usr/bin/env python3
"""Writes Tests/Fixtures/Documents: small DOCX, EPUB and PDF files whose texts the tests know.

Every part is written by hand with Python's zipfile (members stored with a fixed date, so that the same
script gives the same bytes); the forms are those of ECMA-376 (Word), EPUB 2 and 3, PDF 1.4. Run from
the project's root:  python3 Scripts/ingest_documents.py   (written with Python 3.11.7)
"""
import os
import zipfile

FOLDER = "Tests/Fixtures/Documents"
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def archive(name, members, first_stored=False):
    with zipfile.ZipFile(f"{FOLDER}/{name}", "w") as out:
        for index, (path, text) in enumerate(members.items()):
            info = zipfile.ZipInfo(path, date_time=(2026, 1, 1, 0, 0, 0))
            info.compress_type = (
                zipfile.ZIP_STORED if first_stored and index == 0 else zipfile.ZIP_DEFLATED
            )
            out.writestr(info, text)


def run(text, properties=""):
    return f'<w:r>{properties}<w:t xml:space="preserve">{text}</w:t></w:r>'


def paragraph(inner, properties=""):
    return f"<w:p>{'<w:pPr>' + properties + '</w:pPr>' if properties else ''}{inner}</w:p>"


def item(text, number, level=0):
    return paragraph(
        run(text), f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>'
    )


def cell(text):
    return f"<w:tc>{paragraph(run(text))}</w:tc>"


def word():
    style = '<w:pStyle w:val="Heading{}"/>'
    body = [
        paragraph(run("A report"), '<w:pStyle w:val="Title"/>'),
        paragraph(run("First ") + run("bold", "<w:rPr><w:b/></w:rPr>") + run(" text.")
                  + '<w:r><w:footnoteReference w:id="2"/></w:r>'),
        paragraph(""),
        paragraph(run("Methods"), style.format(1)),
        item("one", 1), item("two", 1), item("inner", 1, 1), item("three", 1),
        item("bullet", 2),
        paragraph('<w:ins w:id="1" w:author="x">' + run("kept ") + '</w:ins><w:del w:id="2" w:author="x">'
                  "<w:r><w:delText>gone</w:delText></w:r></w:del>" + run("end")
                  + "<w:r><w:tab/><w:t>tab</w:t><w:br/><w:t>line</w:t></w:r>"),
        paragraph(run("secret", "<w:rPr><w:vanish/></w:rPr>") + run("open")),
        "<w:tbl><w:tr>" + cell("Name") + cell("Dose") + "</w:tr><w:tr>" + cell("A &amp; B")
        + cell("5 mg") + "</w:tr></w:tbl>",
        "<w:sdt><w:sdtContent>" + paragraph(run("in a box")) + "</w:sdtContent></w:sdt>",
        paragraph(run("Größe, 大小"), style.format(2)),
        paragraph('<w:hyperlink>' + run("a link") + "</w:hyperlink>"),
        "<w:sectPr/>",
    ]
    def level(number, form):
        return f'<w:lvl w:ilvl="{number}"><w:numFmt w:val="{form}"/></w:lvl>'
    archive("report.docx", {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "word/document.xml": f'<?xml version="1.0" encoding="UTF-8"?><w:document {W}><w:body>'
                             + "".join(body) + "</w:body></w:document>",
        "word/footnotes.xml": f'<w:footnotes {W}><w:footnote w:id="0"><w:p/></w:footnote>'
                              '<w:footnote w:id="2">' + paragraph(run("A note.")) + "</w:footnote></w:footnotes>",
        "word/numbering.xml": f'<w:numbering {W}><w:abstractNum w:abstractNumId="7">' + level(0, "decimal")
                              + level(1, "lowerLetter") + '</w:abstractNum><w:abstractNum w:abstractNumId="8">'
                              + level(0, "bullet") + '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="7"/>'
                              '</w:num><w:num w:numId="2"><w:abstractNumId w:val="8"/></w:num></w:numbering>',
        "docProps/core.xml": '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"'
                             ' xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>Report of 2026</dc:title>'
                             "<dc:creator>Ada Example</dc:creator></cp:coreProperties>",
    })
    types = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
    archive("table.xlsx.docx", {"[Content_Types].xml": types, "xl/workbook.xml": "<workbook/>"})
    archive("bomb.docx", {"[Content_Types].xml": types, "word/document.xml":
        f'<!DOCTYPE w [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;">]><w:document {W}><w:body>'
        + paragraph(run("&b;")) + "</w:body></w:document>"})


def chapter(title, text):
    return ('<?xml version="1.0" encoding="utf-8"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title>'
            f"The Book</title></head><body><h2>{title}</h2><p>{text}</p></body></html>")


def book():
    container = ('<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
                 '<rootfile full-path="OEBPS/content.opf" media-type="application/oebps-package+xml"/>'
                 "</rootfiles></container>")
    package = ('<package xmlns="http://www.idpf.org/2007/opf" version="3.0"><metadata'
               ' xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>The Book</dc:title>'
               "<dc:creator>Ann Author</dc:creator><dc:creator>Ben Writer</dc:creator>"
               "<dc:language>en</dc:language></metadata><manifest>"
               '<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>'
               '<item id="b" href="text/second%20part.xhtml" media-type="application/xhtml+xml"/>'
               '<item id="a" href="text/first.xhtml" media-type="application/xhtml+xml"/>'
               '<item id="c" href="text/notes.xhtml" media-type="application/xhtml+xml"/></manifest>'
               '<spine><itemref idref="a"/><itemref idref="b"/><itemref idref="c" linear="no"/></spine></package>')
    members = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": container,
        "OEBPS/content.opf": package,
        "OEBPS/nav.xhtml": chapter("Contents", "First, Second"),
        "OEBPS/text/first.xhtml": chapter("One", "It began &amp; went on."),
        "OEBPS/text/second part.xhtml": chapter("Two", "It ended."),
        "OEBPS/text/notes.xhtml": chapter("Notes", "Not read."),
    }
    archive("book.epub", members, first_stored=True)
    locked = dict(members)
    locked["META-INF/encryption.xml"] = (
        '<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><enc:EncryptedData'
        ' xmlns:enc="http://www.w3.org/2001/04/xmlenc#"><enc:CipherData><enc:CipherReference'
        ' URI="OEBPS/text/first.xhtml"/></enc:CipherData></enc:EncryptedData></encryption>')
    archive("locked.epub", locked, first_stored=True)
    broken = dict(members)
    del broken["OEBPS/text/second part.xhtml"]
    archive("missing.epub", broken, first_stored=True)


def pdf(pages):
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", None,
               "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    kids = []
    for lines in pages:
        show = "".join(f"({line}) Tj 0 -20 Td " for line in lines)
        stream = f"BT /F1 14 Tf 72 720 Td {show}ET"
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
        objects.append("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents "
                       f"{len(objects)} 0 R /Resources << /Font << /F1 3 0 R >> >> >>")
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    out, places = "%PDF-1.4\n", []
    for number, text in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{text}\nendobj\n"
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n"
    out += "".join(f"{place:010d} 00000 n \n" for place in places)
    return out, f"trailer << /Size {len(objects) + 1} /Root 1 0 R", f" >>\nstartxref\n{start}\n%%EOF\n"


def portable():
    head, trailer, tail = pdf([["Page one.", "Second line."], [], ["Page three."]])
    with open(f"{FOLDER}/pages.pdf", "w") as out:
        out.write(head + trailer + tail)
    # Locked with a password that nobody knows: the keys are not those of any.
    lock = " /ID [<00112233445566778899aabbccddeeff><00112233445566778899aabbccddeeff>] /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 "
    lock += f"/O <{'ab' * 32}> /U <{'cd' * 32}> >>"
    with open(f"{FOLDER}/locked.pdf", "w") as out:
        out.write(head + trailer + lock + tail)
    head, trailer, tail = pdf([[]])
    with open(f"{FOLDER}/scanned.pdf", "w") as out:
        out.write(head + trailer + tail)


if __name__ == "__main__":
    os.makedirs(FOLDER, exist_ok=True)
    word()
    book()
    portable()
