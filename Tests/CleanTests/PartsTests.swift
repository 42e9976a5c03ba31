import Clean
import Records
import Stages
import TestSupport
import Testing

/// What Data-Juicer's mappers make of texts, by the stage of ours that claims the same.
@Suite(.enabled(if: Shared.exists, "needs ../shared"))
struct `Mappers of Data-Juicer` {
  /// Texts of which its result is a fault that ours does not share.
  private static let faults: [String: [String: String]] = [
    // The colon within an address of IPv6 begins no link.
    "clean_links_mapper": [
      "ipv4 999.1.1.1 and 8f51:3118:aa66:1f1a:aaaa:bbbb:cccc:dddd":
        "ipv4 999.1.1.1 and 8f51:3118:aa66:1f1a:aaaa:bbbb:cccc:dddd"
    ],
    // The bar that joins the characters of its class is no character of it.
    "remove_specific_chars_mapper": ["◆●■ a|b ♡": " a|b "],
    // A full-width digit is no quotation mark.
    "punctuation_normalization_mapper": ["，。、„”“«»１」「《》´∶：？！": ",.,\"\"\"\"\"１\"\"\"\"'::?!"],
    // A text of which no word goes keeps its blanks.
    "remove_long_words_mapper": [
      "This is fine. This is fine. Ok! Ok! \n今天天气真好。今天天气真好。":
        "This is fine. This is fine. Ok! Ok! \n今天天气真好。今天天气真好。"
    ],
    "remove_words_with_incorrect_substrings_mapper": [
      "This is fine. This is fine. Ok! Ok! \n今天天气真好。今天天气真好。":
        "This is fine. This is fine. Ok! Ok! \n今天天气真好。今天天气真好。"
    ],
  ]

  @Test(
    arguments: [
      ("clean_links_mapper", "links", [:]), ("remove_specific_chars_mapper", "characters", [:]),
      ("punctuation_normalization_mapper", "punctuation", [:]),
      ("remove_repeat_sentences_mapper", "repeated-sentences", [:]),
      ("remove_long_words_mapper", "words", [:]),
      (
        "remove_words_with_incorrect_substrings_mapper", "words",
        ["without": "[http, www, .com, href, //]"]
      ),
      ("remove_comments_mapper", "comments", [:]),
      ("clean_copyright_mapper", "copyright", ["any-comment": "true"]),
    ] as [(String, String, [String: String])])
  func `have their results but for their faults`(
    _ mapper: String, _ stage: String, _ parameters: [String: String]
  ) throws {
    let bytes = try Shared.contents("golden/data-pipelines/datajuicer_mappers.json")
    let rows = try #require(try JSONValue.parse(bytes)[mapper]?.array)
    #expect(rows.count == 14)
    for row in rows {
      let text = try #require(row["in"]?.string)
      let expected = try Self.faults[mapper]?[text] ?? #require(row["out"]?.string)
      // A record of which nothing is left is dropped.
      let found = try parts(stage, text, parameters) ?? ""
      #expect(found == expected, "\(text)")
    }
  }
}

/// A stage of parts over one text; lists are written as in a pipeline.
private func parts(
  _ stage: String, _ text: String, _ parameters: [String: String] = [:]
) throws -> String? {
  try clean("clean.\(stage)", text, parameters)
}

@Suite struct `Parts of texts` {
  @Test(arguments: [
    ("see https://a.b/c_(d)?e=f#g.", "see ."), ("(http://x.y/z)", "()"),
    ("a/b and/or c", "a/b and/or c"),
    ("www.test.de!", "!"), ("go to example.com/page now", "go to  now"),
    ("12:30 note:this", "12:30 note:this"),
    ("Use Node.js/Express", "Use Node.js/Express"), ("main.py/test.py", "main.py/test.py"),
    ("see README.md/x or Github.COM/x", "see README.md/x or "),
    ("看https://a.cn/b。好", "看。好"), ("1/2 e.g./x", "1/2 e.g./x"), ("wwwx.y", "wwwx.y"),
  ])
  func `links go and what only looks like one stays`(_ text: String, _ expected: String) throws {
    #expect(try parts("links", text + " end") == expected + " end")
  }

  @Test func `a link may be replaced`() throws {
    #expect(try parts("links", "x ftp://a.b/c", ["replacement": "[link]"]) == "x [link]")
  }

  @Test func `numbers and code keep what looks like a repeated sentence`() throws {
    let text = "It costs 12.50 or 13.50 here. Yes.\n```\na = 1.\na = 1.\n```\nYes. It ends."
    #expect(
      try parts("repeated-sentences", text)
        == "It costs 12.50 or 13.50 here. Yes.\n```\na = 1.\na = 1.\n```\n It ends.")
    #expect(try parts("repeated-sentences", "One. one.", ["ignore-case": "true"]) == "One.")
    #expect(try parts("repeated-sentences", "好的。 “好的。” 不。") == "好的。 不。")
    #expect(try parts("repeated-sentences", "One  a! \"One a.\" (One a.) No.") == "One  a! No.")
    #expect(try parts("repeated-sentences", "1. 1. One.") == "1. 1. One.")
  }

  @Test(arguments: [
    "Adults take 1.5 mg. Adults take 15 mg.", "x is -5. x is 5.", "I like C. I like C++.",
    "It costs $5. It costs 5.", "Take a/b. Take ab.", "a < b. a > b.",
  ])
  func `sentences of the same letters that say something else stay`(_ text: String) throws {
    #expect(try parts("repeated-sentences", text) == text)
  }

  @Test func `words go by length and by what they hold`() throws {
    #expect(try parts("words", "a bb ccc dddd!!", ["max-characters": "3"]) == "a bb ccc")
    #expect(try parts("words", "a bb\tccc", ["min-characters": "2"]) == "bb\tccc")
    #expect(try parts("words", "two  blanks", ["max-characters": "9"]) == "two  blanks")
  }

  @Test(arguments: [
    ("50\\% of x%y", "50\\% of x"), ("a % b\nc", "a\nc"), ("% all\nx", "x"),
    ("\\\\% c\nx", "\\\\\nx"),
  ])
  func `the character before a comment of TeX stays`(_ text: String, _ expected: String) throws {
    #expect(try parts("comments", text, ["language": "tex"]) == expected)
  }

  @Test func `a percent sign begins a comment only in texts with commands of TeX`() throws {
    let prose = "100% of patients improved.\nC:\\new holds 5 % more, and \\n ends a line."
    #expect(try parts("comments", prose) == prose)
    #expect(try parts("comments", "\\section{A} % b\n% c\nx") == "\\section{A}\nx")
  }

  @Test func `comments of HTML go where they end`() throws {
    let html = ["language": "html"]
    #expect(try parts("comments", "a<!-- b\nc -->d<!-- e", html) == "ad<!-- e")
  }

  @Test func `headings stay and notices of copyright go`() throws {
    #expect(try parts("copyright", "# Heading\ntext") == "# Heading\ntext")
    #expect(try parts("copyright", "// Copyright 2020 A\n// MIT\n\nlet x = 1") == "let x = 1")
    #expect(try parts("copyright", "/* Copyright */ x /* y */") == " x /* y */")
    #expect(try parts("copyright", "/* y */ x") == "/* y */ x")
    #expect(try parts("copyright", "// Use\n\n// (c) A\n\n// More\nx") == "// Use\n\n// More\nx")
    #expect(try parts("copyright", "# Copyright 2020 A\n#\n# MIT\n\nx") == "x")
    #expect(try parts("copyright", "-- Copyright A\nSELECT 1") == "SELECT 1")
  }

  @Test(arguments: [
    (
      "// Copyright 2020 ACME\n#include <stdio.h>\n#define N 3\nint main(){}",
      "#include <stdio.h>\n#define N 3\nint main(){}"
    ),
    ("#!/usr/bin/env python3\n# License: MIT\nimport x", "#!/usr/bin/env python3\nimport x"),
    ("# SPDX-License-Identifier: MIT\n# What it does\n\n#pragma once", "#pragma once"),
    ("# How to renew a driving licence\n\nGo.", "# How to renew a driving licence\n\nGo."),
    ("# Copyright in Europe\n\nGo.", "# Copyright in Europe\n\nGo."),
    ("#\n# Title\n\n## The licence\nx", "#\n# Title\n\n## The licence\nx"),
    ("--licence of all\nx", "--licence of all\nx"),
  ])
  func `code and headings at the head stay`(_ text: String, _ expected: String) throws {
    #expect(try parts("copyright", text) == expected)
  }

  @Test func `the ledger shows how many parts went, and a text of which no word is left`() throws {
    let made = try verdict("clean.words", .text("a bb ccc"), ["max-characters": "2"])
    #expect(
      made.note == [
        "min-characters": 1, "max-characters": 2, "edits": [["field": "text", "removed": 1]],
      ])
    let reason = try verdict("clean.links", .text("http://a.b/c !")).reason
    #expect(
      reason == Reason("links", ["edits": [["field": "text", "removed": 1]], "field": "text"]))
    #expect(try verdict("clean.links", .text("no link")).note == nil)
  }
}

@Suite struct `Lines of texts` {
  @Test func `go by length, pattern and repetition`() throws {
    let text = "Header 1 of 2\none two three\nx\n\nHeader 2 of 2\nPage 7\n```\nx\n```"
    #expect(
      try parts("lines", text, ["min-words": "2"])
        == "Header 1 of 2\none two three\n\nHeader 2 of 2\nPage 7\n```\nx\n```")
    #expect(
      try parts("lines", text, ["matching": "page *"])
        == "Header 1 of 2\none two three\nx\n\nHeader 2 of 2\n```\nx\n```")
    #expect(
      try parts("lines", text, ["repeated": "2"])
        == "Header 1 of 2\none two three\nx\n\nPage 7\n```\nx\n```")
    #expect(
      try parts("lines", text, ["max-characters": "12"]) == "x\n\nPage 7\n```\nx\n```")
  }

  @Test(arguments: [
    "This website uses cookies to improve your experience.",
    "© 2024 Example Inc. All rights reserved.",
    "Privacy Policy | Terms of Use", "Wir verwenden Cookies, um Inhalte zu personalisieren.",
    "版权所有 © 2023 某某公司", "Skip to main content", "Copyright (c) 1999 by the authors",
    "Copyright 2019-2021, ACME Inc.", "Advertisement", "« Back to top »", "[Nach oben]",
    "Privacy · Terms · Cookie settings", "Please enable JavaScript to view the comments.",
  ])
  func `that are boilerplate go`(_ line: String) throws {
    #expect(try parts("lines", "Text stays.\n\(line)\nMore text.") == "Text stays.\nMore text.")
    #expect(try parts("lines", "Text\n\(line)", ["boilerplate": "false"]) == "Text\n\(line)")
  }

  @Test(arguments: [
    "Write a privacy policy for an online shop that sells shoes, bags and hats in three countries of Europe.",
    "What is a cookie policy?", "Cookies are small files that a browser stores.",
    "Copyright law protects original works of authorship.", "如何撰写隐私政策？",
    "Bake the cookies for ten minutes.", "Write a privacy policy for my website.",
    "Er ging die Treppe nach oben.", "This is a great advertisement.",
    "The site uses cookies to track you.", "Copyright 2019 law changed.",
    "We use cookies and cream for the crust.", "- Privacy policy", "© is the sign of copyright.",
    "(c) 20 apples", "Terms", "Contact us",
  ])
  func `that only speak of such things stay`(_ line: String) throws {
    #expect(try parts("lines", line) == line)
  }

  @Test func `are named in the ledger with rule, value and threshold`() throws {
    let text = "Keep me, all of me.\nAll rights reserved, A.\nx\nPrivacy Policy\nPage 3"
    let made = try verdict("clean.lines", .text(text), ["min-words": "2", "matching": "page *"])
    let edit = try #require(made.note?["edits"]?.array?.first)
    #expect(edit["removed"] == 4)
    #expect(
      edit["rules"] == [
        [
          "rule": "boilerplate", "kind": "notice", "phrase": "all rights reserved",
          "share": 0.826087, "min-share": 0.5,
        ],
        ["rule": "min-words", "words": 1, "min-words": 2],
        ["rule": "boilerplate", "kind": "label", "phrase": "privacy policy"],
        ["rule": "matching", "pattern": "page *"],
      ])
    let again = try verdict(
      "clean.lines", .text(String(repeating: "Head 1\n", count: 30) + "x"), ["repeated": "3"])
    let rules = try #require(again.note?["edits"]?.array?.first?["rules"]?.array)
    #expect(rules.count == 10)
    #expect(rules.first == ["rule": "repeated", "times": 30, "repeated": 3])
  }
}

@Suite struct `Residue of markdown` {
  @Test(arguments: [
    ("# Title #\ntext", "Title\ntext"), ("Title\n=====\ntext", "Title\ntext"),
    ("**bold** and *em*, __also bold__ _this_ ~~gone~~", "bold and em, also bold this gone"),
    ("这是**重点**内容", "这是重点内容"), ("这是*重点*内容", "这是重点内容"), ("**注意：**请", "注意：请"),
    ("***both*** **bold *in*** ***in* bold**", "both bold in in bold"),
    ("**N**ational and Haupt**bahnhof**", "National and Hauptbahnhof"),
    ("**f**(x), **.NET** and **“quoted”**", "f(x), .NET and “quoted”"),
    ("_[text](u)_ **[a [b](c) d](e)**", "text a b d"), ("fact[1](https://a.b)", "fact1"),
    ("`` `** `` **x** `y", "`` `** `` x `y"),
    ("[text](http://a.b \"t\") and ![alt](i.png) [x][1]\n[1]: http://c.d", "text and alt x"),
    ("<https://a.b>", "https://a.b"),
    ("| a | b |\n|---|:-:|\n| 1 | 2 |\n| **3** | 4 |", "a | b\n1 | 2\n3 | 4"),
    ("text\n--\n\n- item\n--", "text\n\n- item\n--"),
    ("a\n\n---\nb", "a\n\nb"), ("> quoted", "quoted"),
    ("* item\n+ two\n- three", "- item\n- two\n- three"),
    ("a <!-- c --> b", "a  b"), ("1\\. one \\* two", "1. one * two"), ("###", ""),
  ])
  func `becomes plain text`(_ text: String, _ expected: String) throws {
    #expect(try parts("markdown", text + "\nend") == expected + "\nend")
  }

  @Test(arguments: [
    "2 * 3 * 4", "x**2 + y**2", "snake_case_name", "`**code**` and ``a `b` c``",
    "a[i](x) and b[0][1]",
    "```\n# comment\n**x** <!-- y -->\n```", "    indented **code**", "C# and #hashtag",
    "__init__ method",
    "5 < 6 > 4", "[ ] todo", "a ~ b", "- one\n- two", "1. one",
    "(a+b)**2 + (c+d)**2", "f(**kwargs), g(*args)", "x[i]**2 * y[i]**2", "(a+b)*(c+d)*(e+f)",
    "a**b + c**d and x**y**z", "Note:** stray", "src/**/*.js and lib/**/*.js", "del *.* and *.txt",
    "SELECT *, COUNT(*), a.* FROM t", "|x - y|", "- one\n--\n- two", "b[0][1][2]", "` ``",
    "a ` ``` b",
  ])
  func `leaves code, sums and names alone`(_ text: String) throws {
    #expect(try parts("markdown", text) == text)
  }

  @Test(.timeLimit(.minutes(1)))
  func `takes linear time on many marks and deep nesting`() throws {
    for mark in ["*a ", "[", "_", "`", "` ``` ", "<!--", "![", "**", "~~", "<http://", "**a b* "] {
      #expect(try parts("markdown", String(repeating: mark, count: 40_000) + " word") != nil)
    }
    func nested(_ open: String, _ close: String) -> String {
      String(repeating: open, count: 20_000) + "a" + String(repeating: close, count: 20_000)
    }
    #expect(try parts("markdown", nested("[", "](x)")) == "a")
    #expect(try parts("markdown", nested("_(", ")_")) == nested("(", ")"))
  }
}
