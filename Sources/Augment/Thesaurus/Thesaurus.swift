import Records
import Stages
import Synchronization
import TextKit

/// One sense of a word of a thesaurus or a wordnet.
struct ThesaurusSense: Sendable, Hashable {
  /// What the file says of the part of speech: `(Nom)`, `(s.m.)`, `-`.
  let hint: String
  /// The words that mean the same, as spelled, without those marked as regional, wider or opposite.
  let synonyms: [String]
  /// All words of the sense without their marks.
  let members: Set<String>
}

/// A thesaurus in MyThes's format, as OpenOffice and LibreOffice read it (MyThes 1.2, data_layout.txt).
///
/// The first line of the `.dat` file names its encoding. Then come, for each word, `word|n` and n lines
/// `(part of speech)|synonym|synonym…`, one a sense. The `.idx` file beside it says where words stand;
/// it is not needed, as the file is read whole: its size in memory, and some 40 bytes a word.
final class Thesaurus: SenseLexicon {
  private let bytes: [UInt8]
  private let entries: ThesaurusEntries
  /// How often a word stands in the expressions of several words that the thesaurus lists, by the
  /// word's hash; counted when somebody asks.
  private let uses = Mutex<HashCounts?>(nil)
  /// How many senses name a word, by the word's hash; likewise.
  private let mentions = Mutex<HashCounts?>(nil)

  /// Reads the bytes of a `.dat` file.
  /// - Throws: `StageError` where it is no thesaurus.
  init(_ raw: [UInt8], _ path: String) throws(StageError) {
    bytes = Self.withoutVowelMarks(try Self.decoded(raw, path))
    entries = try Self.index(bytes, path)
  }

  private static func decoded(_ raw: [UInt8], _ path: String) throws(StageError) -> [UInt8] {
    // Some files begin with UTF-8's byte order mark.
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let raw = raw.starts(with: mark) ? Array(raw.dropFirst(3)) : raw
    let first = raw.prefix { $0 != 0x0A && $0 != 0x0D }
    let name = String(decoding: first, as: UTF8.self)
    if TextEncoding.isUTF8(name) { return raw }
    guard (1..<40).contains(first.count), let decoder = TextDecoder(name, replacing: true) else {
      throw fault("the first line names no encoding", path, 1)
    }
    do {
      return try decoder.decode(raw, atEnd: true)
    } catch {
      throw fault("byte \(error.offset) is no text of \(name)", path, 1)
    }
  }

  /// Arabic as texts have it: without the marks of vowels (U+064B to U+0652) and the tatweel.
  private static func withoutVowelMarks(_ bytes: [UInt8]) -> [UInt8] {
    let hasMarks = bytes.withUnsafeBufferPointer { $0.place(of: 0xD9, from: 0, before: $0.count) }
    guard hasMarks != nil else { return bytes }
    var kept: [UInt8] = []
    kept.reserveCapacity(bytes.count)
    var place = 0
    while place < bytes.count {
      if bytes[place] == 0xD9, place + 1 < bytes.count,
        bytes[place + 1] == 0x80 || (0x8B...0x92).contains(bytes[place + 1])
      {
        place += 2
      } else {
        kept.append(bytes[place])
        place += 1
      }
    }
    return kept
  }

  private static func index(
    _ bytes: [UInt8], _ path: String
  ) throws(StageError) -> ThesaurusEntries {
    var entries = ThesaurusEntries()
    var cursor = LinesOfBytes(bytes)
    _ = cursor.next()
    while let line = cursor.next() {
      if line.isEmpty { continue }
      guard let bar = line.lastIndex(of: UInt8(ascii: "|")), let count = number(line[(bar + 1)...])
      else { throw fault("'word|number of senses' is expected", path, cursor.number) }
      entries.add(line[..<bar], at: cursor.place, count: count)
      let entry = cursor.number
      for _ in 0..<count where cursor.next() == nil {
        throw fault("the word has \(count) senses and the file ends", path, entry)
      }
    }
    guard !entries.isEmpty else { throw fault("the thesaurus lists no words", path, 0) }
    return entries
  }

  private static func fault(_ message: String, _ path: String, _ line: Int) -> StageError {
    LexiconFile.fault(message, path, line)
  }

  private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
    let number = Int(String(decoding: digits, as: UTF8.self))
    return number.flatMap { $0 >= 0 ? $0 : nil }
  }

  /// How well known a word is: in how many expressions of several words it stands.
  func familiarity(of word: String) -> Int {
    let hash = Self.hash(word)
    return withUses { $0.count(of: hash) }
  }

  func familiarity(ofBest count: Int) -> Int { withUses { $0.count(ofBest: count) } }

  /// Files have words composed, texts either way.
  private static func hash(_ word: String) -> UInt64 {
    StableHash.hash(Normalizer(.nfc).normalize(word))
  }

  private func withUses(_ body: (borrowing HashCounts) -> Int) -> Int {
    uses.withLock { uses in
      if let uses { return body(uses) }
      let counted = ThesaurusCounts.uses(bytes)
      uses = counted
      return body(counted)
    }
  }

  func lists(_ word: String) -> Bool { !entries[word].isEmpty }

  func mentions(of word: String) -> Int {
    let hash = Self.hash(word)
    return mentions.withLock { mentions in
      let counts = mentions ?? ThesaurusCounts.mentions(bytes)
      if mentions == nil { mentions = counts }
      return counts.count(of: hash)
    }
  }

  /// The senses of a word, whatever its case, each once; empty where it is not listed.
  func senses(of word: String) -> [ThesaurusSense] {
    var senses: [ThesaurusSense] = []
    for entry in entries[word] {
      var cursor = LinesOfBytes(bytes, at: entry.place)
      for _ in 0..<entry.count {
        guard let line = cursor.next() else { break }
        let sense = Self.sense(line)
        if !senses.contains(sense) { senses.append(sense) }
      }
    }
    return senses
  }

  private static func sense(_ line: ArraySlice<UInt8>) -> ThesaurusSense {
    let parts = line.split(separator: UInt8(ascii: "|"), omittingEmptySubsequences: false)
      .map { String(decoding: $0, as: UTF8.self) }
    var synonyms: [String] = []
    var members: Set<String> = []
    for part in parts.dropFirst() {
      let (word, isMarked) = unmarked(part)
      members.insert(word)
      if !isMarked, !synonyms.contains(word) { synonyms.append(word) }
    }
    return ThesaurusSense(hint: parts.first ?? "", synonyms: synonyms, members: members)
  }

  /// A word without what stands in parentheses: `Bude (ugs.)` is marked, `Haus (Hauptform)` is not.
  private static func unmarked(_ part: String) -> (word: String, isMarked: Bool) {
    guard part.contains("(") else { return (part, false) }
    var word: [UInt8] = []
    var depth = 0
    for byte in part.utf8 {
      if byte == UInt8(ascii: "(") { depth += 1 }
      if depth == 0 { word.append(byte) }
      if byte == UInt8(ascii: ")") { depth = max(0, depth - 1) }
    }
    let trimmed = String(decoding: word.trimmingBlanks, as: UTF8.self)
    return (trimmed, part != "\(trimmed) (Hauptform)")
  }
}

extension [UInt8] {
  fileprivate var trimmingBlanks: ArraySlice<UInt8> {
    let start = drop { $0 == 0x20 }
    return start[..<(start.lastIndex { $0 != 0x20 }.map { $0 + 1 } ?? start.startIndex)]
  }
}
