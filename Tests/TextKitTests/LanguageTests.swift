import Records
import TestSupport
import Testing
import TextKit

@Suite struct `Languages` {
  @Test(arguments: [
    ("今天天气很好。", "zh"), ("我吃了寿司，味道不错 OK", "zh"), ("今日は天気がいいですね。", "ja"),
    ("오늘 날씨가 좋네요.", "ko"), ("الطقس جميل اليوم", "ar"), ("Ο καιρός είναι καλός.", "el"),
    ("מזג האוויר יפה", "he"), ("อากาศดีมาก", "th"), ("मौसम अच्छा है", "hi"), ("আবহাওয়া ভালো", "bn"),
    ("The weather is nice today.", "en"), ("Das Wetter ist heute schön.", "de"),
    ("Il fait beau aujourd'hui.", "fr"), ("Сегодня хорошая погода.", "ru"),
    ("Сьогодні гарна погода.", "uk"), ("امروز هوا خوب است", "fa"),
  ])
  func `are told apart in short texts`(text: String, language: String) {
    #expect(LanguageIdentifier.standard.guess(text)?.language == language)
  }

  @Test func `a text without letters has none`() {
    #expect(LanguageIdentifier.standard.guess("12 + 30 = 42") == nil)
    #expect(LanguageIdentifier.standard.guess("") == nil)
  }

  /// The sentences that `Scripts/textkit_languages.py` held out: every fifth of each file.
  @Test(.enabled(if: Shared.exists)) func `are found in held-out sentences`() throws {
    let archive = try Shared.contents("data/parallel/laser_tatoeba_112/tatoeba_v1.tar.gz")
    let files = TarFiles(archive)
    var shares: [Double] = []
    for (file, language) in languages {
      let name = file == "eng" ? "tatoeba.fra-eng.eng" : "tatoeba.\(file)-eng.\(file)"
      let lines = try #require(files.lines(name), "\(name)")
      let heldOut = lines.enumerated().filter { $0.offset % 5 == 0 }.map(\.element)
      #expect(heldOut.count == 200)
      let right = heldOut.count { LanguageIdentifier.standard.guess($0)?.language == language }
      let share = Double(right) / Double(heldOut.count)
      shares.append(share)
      #expect(share >= (isAloneInScript(language) ? 0.995 : 0.95), "\(language) \(share)")
    }
    #expect(shares.count == 32)
    #expect(shares.reduce(0, +) / Double(shares.count) >= 0.98)
  }

  private func isAloneInScript(_ language: String) -> Bool {
    ["ko", "el", "he", "hi", "bn"].contains(language)
  }

  private let languages = [
    ("eng", "en"), ("deu", "de"), ("fra", "fr"), ("spa", "es"), ("ita", "it"), ("por", "pt"),
    ("nld", "nl"), ("swe", "sv"), ("dan", "da"), ("pol", "pl"), ("ces", "cs"), ("ron", "ro"),
    ("hun", "hu"), ("fin", "fi"), ("tur", "tr"), ("vie", "vi"), ("ind", "id"), ("hrv", "hr"),
    ("est", "et"), ("lit", "lt"), ("cat", "ca"), ("rus", "ru"), ("ukr", "uk"), ("bul", "bg"),
    ("ara", "ar"), ("pes", "fa"), ("urd", "ur"), ("kor", "ko"), ("ell", "el"), ("heb", "he"),
    ("hin", "hi"), ("ben", "bn"),
  ]
}

/// The files of a tar archive by their last name.
private struct TarFiles {
  private var files: [String: Range<Int>] = [:]
  private let bytes: [UInt8]

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    var place = 0
    while place + 512 <= bytes.count, bytes[place] != 0 {
      let path = String(decoding: bytes[place..<place + 100].prefix { $0 != 0 }, as: UTF8.self)
      let digits = bytes[place + 124..<place + 135].filter { (0x30...0x37).contains($0) }
      let size = digits.reduce(0) { $0 * 8 + Int($1) - 0x30 }
      files[path.split(separator: "/").last.map(String.init) ?? path] =
        place + 512..<place + 512 + size
      place += 512 + (size + 511) / 512 * 512
    }
  }

  /// The lines of a file that are not blank.
  func lines(_ name: String) -> [String]? {
    files[name].map { range in
      bytes[range].split(separator: 0x0A).map { String(decoding: $0, as: UTF8.self) }
        .filter { !$0.allSatisfy(\.isWhitespace) }
    }
  }
}
