import Foundation
import Report
import Testing

@Suite struct `The page of a run` {
  @Test(arguments: Sample.allCases)
  func `it is well-formed, complete in itself and free of scripts`(sample: Sample) throws {
    let html = try RunReport.html(ofRunAt: sample.url.path)
    let page = ReadPage(html)
    #expect(page.error == nil)
    #expect(page.counts["script"] == nil)
    #expect(page.counts["img"] == nil && page.counts["link"] == nil)
    #expect(!html.contains("http://") && !html.contains("https://"))
    #expect(!html.contains("style="))
    #expect(page.counts["h1"] == 1)
    #expect(Set(page.ids).count == page.ids.count)
    #expect(!page.links.isEmpty)
    for link in page.links { #expect(page.ids.contains(String(link.dropFirst()))) }
  }

  @Test func `a classifier's page has every section in order`() throws {
    let page = try readPage(Sample.classifier.url)
    let sections = page.ids.filter { !$0.hasSuffix("-title") }
    #expect(
      sections == [
        "metrics", "training", "confusion", "classes", "calibration", "mistakes", "data",
        "split", "machine", "pipeline",
      ])
    for words in [
      "patient-questions", "finished", "2026-03-01 09:30 UTC", "took 1 min 37 s", "f1.weighted",
      "Every record is accounted for: 3,168 in + 2,226 made = 5,004 kept + 117 dropped + 256 merged + 17 "
        + "quarantined.", "no similar pair crosses sides", "1.37 GiB",
      "The best model is that of "
        + "step 225", "min-words", "cached", "form: NFKC",
    ] {
      #expect(page.text.contains(words), "\(words)")
    }
  }

  @Test func `the confusion matrix shows each count with its share of the row`() throws {
    let html = try RunReport.html(ofRunAt: Sample.classifier.url.path)
    #expect(html.contains("title=\"cardiology → neurology: 10, 11.5 % of 87\""))
    #expect(html.contains("<b>10</b><small>11 %</small>"))
    #expect(html.components(separatedBy: "<td class=\"hit ").count == 7)
  }

  @Test func `a language model's page speaks of perplexity and not of classes`() throws {
    let page = try readPage(Sample.languageModel.url)
    let sections = page.ids.filter { !$0.hasSuffix("-title") }
    #expect(
      sections == ["metrics", "training", "hardest", "data", "pipeline", "left-out"])
    #expect(page.text.contains("中文指令微调"))
    #expect(page.text.contains("Perplexity over steps"))
    #expect(page.text.contains("模型记住了训练数据的细节"))
    #expect(page.text.contains("timings.json is not in the run folder: no times and machine."))
  }

  @Test func `markup in a record is shown as text`() throws {
    let html = try RunReport.html(ofRunAt: Sample.classifier.url.path)
    #expect(!html.contains("<script"))
    #expect(!html.contains("</style> &"))
    #expect(html.contains("&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;"))
    #expect(try readPage(Sample.classifier.url).text.contains("<b>normal</b>"))
  }

  @Test func `the mistakes are the most confident ones, the surest first`() throws {
    let page = try readPage(Sample.classifier.url)
    #expect(page.text.contains("42 of 300 test records are wrong"))
    let first = try #require(page.text.range(of: "99.4 %"))
    let second = try #require(page.text.range(of: "77.0 %"))
    #expect(first.lowerBound < second.lowerBound)
  }
}
