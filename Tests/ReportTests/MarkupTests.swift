import Report
import Testing

@Suite struct `Markup` {
  @Test func `text cannot become an element`() {
    let node = tag("p") { "<script>alert('x')</script> & \"more\"" }
    #expect(
      node.markup
        == "<p>&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &quot;more&quot;</p>\n")
  }

  @Test func `an attribute's value cannot end the attribute`() {
    let node = tag("td", ["title": "a\" onclick='b'"]) { "" }
    #expect(node.markup == "<td title=\"a&quot; onclick=&#39;b&#39;\"></td>")
  }

  @Test func `attributes without a value are left out`() {
    #expect(tag("td", ["class": nil, "title": "t"]).markup == "<td title=\"t\"></td>")
  }

  @Test func `scalars that pages forbid become the replacement character`() {
    #expect(
      Node.text("a\u{0}b\u{1B}c\u{FFFE}d\u{85}").markup == "a\u{FFFD}b\u{FFFD}c\u{FFFD}d\u{FFFD}")
    #expect(Node.text("tab\tline\n中文 👩‍🔬 e\u{301}").markup == "tab\tline\n中文 👩‍🔬 e\u{301}")
  }

  @Test func `elements without an end are closed in place`() {
    #expect(tag("meta", ["charset": "utf-8"]).markup == "<meta charset=\"utf-8\" />")
  }

  @Test func `statements build the children in order`() {
    let node = tag("ul") {
      for word in ["a", "b"] { tag("b") { word } }
      if Bool(true) { "yes" } else { "no" }
      nil as Node?
    }
    #expect(node.markup == "<ul><b>a</b><b>b</b>yes</ul>")
  }
}
