import Testing
import TextKit

@Suite struct ICUSegmentationTests {
  @Test func `words, numbers and what stands between them are told apart`() {
    let segments = Segmentation(.word).segments(of: "Don't pay 3.50 now!")
    let words = segments.filter(\.isWord)
    #expect(segments.map(\.kind).first == .letters)
    #expect(words.map(\.range) == [0..<5, 6..<9, 10..<14, 15..<18])
    #expect(words[2].kind == .number)
  }

  @Test func `segments cover the text without gaps`() {
    for text in ["", " ", "naïve café", "你好，世界。", "👩‍👩‍👧 ok", "a\u{0}b"] {
      for unit in [Segmentation.Unit.word, .sentence, .grapheme] {
        let segments = Segmentation(unit).segments(of: text)
        #expect(segments.first?.range.lowerBound ?? 0 == 0)
        #expect(segments.last?.range.upperBound ?? 0 == text.utf8.count)
        for (left, right) in zip(segments, segments.dropFirst()) {
          #expect(left.range.upperBound == right.range.lowerBound)
        }
      }
    }
  }

  @Test func `Chinese without blanks is divided into words`() {
    let words = Segmentation(.word).texts(of: "我们喜欢学习中文")
    #expect(words == ["我们", "喜欢", "学习", "中文"])
    #expect(Segmentation(.word).segments(of: "中文").first?.kind == .ideographs)
    #expect(Segmentation(.word).segments(of: "カタカナ").first?.kind == .ideographs)
  }

  @Test func `sentences end at full stops of any script`() {
    let english = Segmentation(.sentence, locale: "en").texts(of: "One. Two 3.5 m! Three?")
    #expect(english == ["One. ", "Two 3.5 m! ", "Three?"])
    #expect(Segmentation(.sentence).texts(of: "你好。再见！") == ["你好。", "再见！"])
    let german = Segmentation(.sentence, locale: "de").texts(of: "Das ist gut. Ja, wirklich.")
    #expect(german == ["Das ist gut. ", "Ja, wirklich."])
  }

  @Test func `a flag and a family are one character each`() {
    #expect(Segmentation(.grapheme).texts(of: "🇩🇪👨‍👩‍👧e\u{301}").count == 3)
  }

  @Test func `many threads at once agree with one`() async {
    let texts = (0..<200).map { "Text number \($0). 第\($0)句话。" }
    let alone = texts.map { Segmentation(.word).segments(of: $0) }
    let together = await withTaskGroup(of: (Int, [Segment]).self) { group in
      for (index, text) in texts.enumerated() {
        group.addTask { (index, Segmentation(.word).segments(of: text)) }
      }
      return await group.reduce(into: alone.map { _ in [Segment]() }) { $0[$1.0] = $1.1 }
    }
    #expect(together == alone)
  }
}
