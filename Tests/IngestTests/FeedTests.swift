import Records
import Stages
import TestSupport
import Testing

@Suite struct FeedTests {
  private static let rss = """
    <?xml version="1.0"?>
    <rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
     xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Feed</title>
    <item><title>One &amp;amp; two</title><link>http://a.b/1</link><guid>1</guid>
      <pubDate>Mon, 05 Jan 2026 10:00:00 GMT</pubDate><dc:creator>Ann</dc:creator>
      <category>x</category><category>y</category><description>Short.</description>
      <content:encoded><![CDATA[<p>Long <b>text</b>.</p><p>End.</p>]]></content:encoded></item>
    <item><title>Only a title</title></item><item><guid>3</guid></item></channel></rss>
    """
  private static let atom = """
    <feed xmlns="http://www.w3.org/2005/Atom"><title>Feed</title><entry><title>A</title>
    <link rel="self" href="http://a.b/self"/><link href="http://a.b/2"/><id>urn:2</id>
    <published>2026-01-05</published><author><name>Ben</name><email>b@b.b</email></author>
    <category term="z"/><summary>S</summary>
    <content type="html">&lt;p&gt;Body 1 &amp;lt; 2&lt;/p&gt;</content></entry></feed>
    """

  @Test func `entries of RSS and Atom have the same fields`() throws {
    let folder = try TemporaryFolder()
    let rss = try ingest(try folder.write(Self.rss, to: "a.xml"))
    #expect(rss.texts == ["Long text.\nEnd.", "Only a title"])
    #expect(rss.dropped == ["no-text": 1])
    #expect(
      rss.records[0].metadata == [
        "title": "One & two", "link": "http://a.b/1", "id": "1",
        "published": "Mon, 05 Jan 2026 10:00:00 GMT", "author": "Ann", "categories": ["x", "y"],
      ])
    let atom = try ingest(try folder.write(Self.atom, to: "a.atom"))
    #expect(atom.texts == ["Body 1 < 2"])
    #expect(
      atom.records[0].metadata == [
        "title": "A", "link": "http://a.b/2", "id": "urn:2", "published": "2026-01-05",
        "author": "Ben", "categories": ["z"],
      ])
  }

  static let texts: [(type: String, written: String, text: String)] = [
    ("", "a &lt;b&gt; c &amp; d", "a <b> c & d"), ("", "a &lt;b&gt;c&lt;/b&gt;", "a c"),
    ("", "a&lt;br&gt;b", "a\nb"), ("", "R&amp;amp;D", "R&D"),
    ("type='text'", "&lt;b&gt;a&lt;/b&gt;", "<b>a</b>"),
    ("type='html'", "a &lt;b&gt; c", "a c"),
    ("", "&lt;a href=&quot;y&quot;&gt;b", "b"),
  ]

  @Test(arguments: texts)
  func `markup is what a type or the look says`(
    _ type: String, _ written: String, _ text: String
  ) throws {
    let folder = try TemporaryFolder()
    let feed = """
      <feed xmlns="http://www.w3.org/2005/Atom"><entry><title \(type)>\(written)</title>
      <summary \(type)>\(written)</summary></entry></feed>
      """
    let result = try ingest(try folder.write(feed, to: "a.atom"))
    #expect(result.texts == [text])
    #expect(result.records.first?.metadata["title"] == .string(text))
  }

  @Test(.enabled(if: Shared.exists, "needs ../shared"))
  func `feedparser's feeds end in entries or say what is wrong`() throws {
    let folder = try TemporaryFolder()
    try Shared.unpack("data/ingest/feeds/feeds.tar.gz", into: folder.path)
    let result = try ingest("\(folder.path)/**/*.xml", ["format": "feed"])
    #expect(result.records.count > 70)
    #expect(Set(result.codes).isSubset(of: ["empty-file", "invalid-xml", "xml-entities"]))
    // Those who write well-formed feeds are read.
    let wellformed = try ingest("\(folder.path)/**/wellformed/**/*.xml", ["format": "feed"])
    #expect(!wellformed.codes.contains("invalid-xml"), "\(wellformed.faults)")
  }
}
