import Records
import Stages
import Synchronization

/// The database files of WordNet 3.0 (Princeton University), as Debian's `wordnet-base` installs them.
///
/// The files are sorted, so that no more is read of them than is asked for: opening takes a millisecond or
/// two. Counting the words of the definitions, done when the first of these counts is asked for, takes some 20 ms
/// and 2 MB. Formats: wndb(5WN), senseidx(5WN), morphy(7WN).
package final class WordNet: Sendable {
  /// Lemmas and where their senses stand, one file a class.
  private let lemmas: [SortedLines]
  /// Sets of synonyms, one file a class; a sense is named by its place in the file.
  private let synsets: [MappedText]
  /// Irregular forms and what they are forms of, one file a class.
  private let exceptions: [SortedLines]
  /// How often senses were met in texts that people tagged.
  private let tags: SortedLines
  /// How often a word stands in WordNet's own definitions and examples; counted when somebody asks.
  private let glosses = Mutex<GlossCounts?>(nil)

  /// The files below a folder, in the order they are read.
  package static func paths(below folder: String) -> [String] {
    WordClass.allCases.flatMap {
      ["\(folder)/index.\($0.suffix)", "\(folder)/data.\($0.suffix)", "\(folder)/\($0.suffix).exc"]
    } + ["\(folder)/cntlist.rev"]
  }

  /// Opens the files of a folder.
  /// - Throws: `FileError` where one is missing, `StageError` where one is not what it should be.
  package init(folder: String) throws {
    lemmas = try WordClass.allCases.map { part in
      let path = "\(folder)/index.\(part.suffix)"
      let lines = try SortedLines(path)
      guard !lines.isEmpty else {
        throw SortedLines.fault("the dictionary file lists no words", path)
      }
      return lines
    }
    synsets = try WordClass.allCases.map { try MappedText("\(folder)/data.\($0.suffix)") }
    exceptions = try WordClass.allCases.map { try SortedLines("\(folder)/\($0.suffix).exc") }
    tags = try SortedLines("\(folder)/cntlist.rev", delimiter: UInt8(ascii: "%"))
  }

  /// The senses of a lemma, the most frequent first; empty where WordNet does not list it.
  package func senses(of lemma: String, _ part: WordClass) -> [Int] {
    var senses: [Int]?
    forEachLine(of: lemma, in: lemmas[part.rawValue]) { bytes, rest in
      if senses == nil { senses = Self.senses(bytes, rest) }
    }
    return senses ?? []
  }

  /// Reads `pos`, the number of senses, …, and as many places as there are senses.
  private static func senses(_ bytes: UnsafeBufferPointer<UInt8>, _ rest: Range<Int>) -> [Int] {
    var (fields, count) = (0, 0)
    bytes.forEachField(in: rest) { field in
      fields += 1
      if fields == 2 { count = bytes.number(field) ?? .max }
      return true
    }
    guard fields > 2, fields > count else { return [] }
    var senses: [Int] = []
    senses.reserveCapacity(count)
    var passed = 0
    bytes.forEachField(in: rest) { field in
      passed += 1
      if passed > fields - count, let sense = bytes.number(field) { senses.append(sense) }
      return true
    }
    return senses
  }

  /// The senses of a lemma whose line in the index was found before.
  func senses(at place: Int, _ part: WordClass) -> [Int] {
    lemmas[part.rawValue].withLine(from: place, Self.senses)
  }

  /// Finds the line of a lemma in the index of a class, and the expressions of several words that begin with
  /// it, such as `heart_attack`.
  @inline(__always)
  func findLemma(
    _ lemma: String, _ part: WordClass,
    line: (UnsafeBufferPointer<UInt8>, _ rest: Range<Int>) -> Void,
    expression: (UnsafeBufferPointer<UInt8>) -> Void
  ) {
    var lemma = lemma
    lemma.withUTF8 { lemmas[part.rawValue].forEachLine(of: $0, line, expression: expression) }
  }

  @inline(__always)
  private func forEachLine(
    of word: String, in lines: SortedLines,
    _ visit: (UnsafeBufferPointer<UInt8>, Range<Int>) -> Void
  ) {
    var word = word
    word.withUTF8 { lines.forEachLine(of: $0, visit) }
  }

  /// The lemmas that an irregular form is a form of; nil where the form is not listed.
  package func irregularLemmas(of form: String, _ part: WordClass) -> [String]? {
    var lemmas: [String]?
    forEachLine(of: form, in: exceptions[part.rawValue]) { bytes, rest in
      bytes.forEachField(in: rest) { field in
        lemmas = (lemmas ?? []) + [bytes.text(field)]
        return true
      }
    }
    return lemmas
  }

  /// The irregular forms of lemmas, in the order of the alphabet.
  func irregularForms(_ part: WordClass) -> [String: [String]] {
    var forms: [String: [String]] = [:]
    forms.reserveCapacity(1 << 12)
    // The file is in the order of its forms.
    exceptions[part.rawValue].forEachLine { bytes, word, rest in
      let form = bytes.text(word)
      bytes.forEachField(in: rest) { field in
        forms[bytes.text(field), default: []].append(form)
        return true
      }
      return true
    }
    return forms
  }

  /// How often the senses of a lemma were met.
  func tagCounts(of lemma: String) -> TagCounts {
    var counts = TagCounts()
    forEachLine(of: lemma, in: tags) { counts.add($0, $1) }
    return counts
  }

  /// How often a word stands in definitions and examples.
  package func glossCount(of word: String) -> Int {
    glosses.withLock { glosses in
      let counts = glosses ?? GlossCounts(synsets)
      if glosses == nil { glosses = counts }
      return counts.count(of: word)
    }
  }

  /// Calls a body with the bytes of a class's sets of synonyms and where the line of one stands, if there is
  /// one.
  @inline(__always)
  private func withSynset<Result>(
    _ synset: Int, _ part: WordClass,
    _ body: (UnsafeBufferPointer<UInt8>, Range<Int>) -> Result
  ) -> Result? {
    synsets[part.rawValue].withBytes { bytes in
      guard synset >= 0, synset < bytes.count else { return nil }
      return body(bytes, synset..<bytes.endOfLine(from: synset))
    }
  }

  /// The words of a set of synonyms as they are spelled, such as `United_States` or `awake(p)`.
  package func words(of synset: Int, _ part: WordClass) -> [String] {
    let words = withSynset(synset, part) { bytes, line in
      Self.words(bytes, line).map { bytes.text($0) }
    }
    return words ?? []
  }

  /// Whether a set of synonyms spells a word with other capitals: `bill` as `Bill`.
  func respells(_ word: String, in synset: Int, _ part: WordClass) -> Bool {
    var word = word
    let found = word.withUTF8 { word in
      withSynset(synset, part) { bytes, line in
        Self.words(bytes, line).contains { field in
          guard field.count == word.count else { return false }
          let other = UnsafeBufferPointer(rebasing: bytes[field])
          return zip(other, word).allSatisfy { Bytes.lowercased($0) == $1 }
            && !other.elementsEqual(word)
        }
      }
    }
    return found ?? false
  }

  /// Where the words stand in `place file type number word id word id … |`; none where the line is damaged.
  private static func words(
    _ bytes: UnsafeBufferPointer<UInt8>, _ line: Range<Int>
  ) -> [Range<Int>] {
    let end = bytes.place(of: UInt8(ascii: "|"), from: line.lowerBound, before: line.upperBound)
    var words: [Range<Int>] = []
    var (fields, count) = (0, 0)
    bytes.forEachField(in: line.lowerBound..<(end ?? line.upperBound)) { field in
      fields += 1
      if fields == 4 {
        count = hexadecimal(bytes, field) ?? 0
        words.reserveCapacity(count)
        return count > 0
      }
      if fields > 4, !fields.isMultiple(of: 2) { words.append(field) }
      return fields < 4 + 2 * count
    }
    return fields == 4 + 2 * count ? words : []
  }

  private static func hexadecimal(
    _ bytes: UnsafeBufferPointer<UInt8>, _ field: Range<Int>
  ) -> Int? {
    guard field.count <= 4 else { return nil }
    return Int(bytes.text(field), radix: 16)
  }

  /// What a set of synonyms means, as WordNet defines it; its examples are left out.
  package func definition(of synset: Int, _ part: WordClass) -> String {
    let gloss = withSynset(synset, part) { bytes, line in
      let bar = bytes.place(of: UInt8(ascii: "|"), from: line.lowerBound, before: line.upperBound)
      return bar.map { bytes.text($0 + 1..<line.upperBound) } ?? ""
    }
    guard let gloss else { return "" }
    let definition = gloss[..<(gloss.firstRange(of: "; \"")?.lowerBound ?? gloss.endIndex)]
    return definition.split(separator: " ").joined(separator: " ")
  }
}
