/// `BertNormalizer`: cleans, sets ideographs apart, removes accents and lowers, each where asked.
struct BertNormalizer: Normalizer, FileComponent {
  static let typeName = "BertNormalizer"
  private let cleansText: Bool
  private let separatesChinese: Bool
  private let stripsAccents: Bool
  let lowercases: Bool
  /// What each ASCII byte becomes; 0 where the byte is dropped, and for bytes beyond ASCII.
  private let asciiMap: [UInt8]
  private let folding: BertFolding

  init(from reader: ComponentReader) throws(TokenizerError) {
    cleansText = try reader.bool("clean_text", default: true)
    separatesChinese = try reader.bool("handle_chinese_chars", default: true)
    lowercases = try reader.bool("lowercase", default: true)
    // Null means: as for lower case, which is what BERT's first code did.
    stripsAccents = try reader.bool("strip_accents", default: lowercases)
    asciiMap = Self.asciiMap(cleans: cleansText, lowers: lowercases)
    folding = BertFolding(stripsAccents: stripsAccents, lowercases: lowercases)
  }

  private static func asciiMap(cleans: Bool, lowers: Bool) -> [UInt8] {
    (0..<256).map { byte in
      if byte >= 0x80 { return 0 }
      if cleans, byte == 0x09 || byte == 0x0A || byte == 0x0D { return 0x20 }
      if cleans, byte < 0x20 || byte == 0x7F { return 0 }
      return lowers && (0x41...0x5A).contains(byte) ? UInt8(byte) | 0x20 : UInt8(byte)
    }
  }

  func normalize(_ text: inout AlignedText) {
    if mapASCII(&text) || foldInOnePass(&text) { return }
    if cleansText { clean(&text) }
    if separatesChinese { separateChinese(&text) }
    if stripsAccents {
      text.decompose(.canonical)
      text.removeScalars(of: .bertAccent)
    }
    if lowercases { Lowercase().normalize(&text) }
  }

  /// Does all the work for ASCII text without dropped bytes, where no byte moves; false for any other.
  private func mapASCII(_ text: inout AlignedText) -> Bool {
    let mapped = text.bytes.withUnsafeBufferPointer { source in
      asciiMap.withUnsafeBufferPointer { map in
        [UInt8](unsafeUninitializedCapacity: source.count) { target, count in
          // 0 stands for what takes more than a map; one such byte spoils the lot.
          var isMapped = true
          for index in 0..<source.count {
            let new = map[Int(source[index])]
            isMapped = isMapped && new != 0
            target[index] = new
          }
          count = isMapped ? source.count : 0
        }
      }
    }
    guard mapped.count == text.bytes.count else { return false }
    text.bytes = mapped
    return true
  }

  /// What becomes of visible ASCII text; nil for any other.
  func mapped(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
    var mapped: [UInt8] = []
    mapped.reserveCapacity(text.count)
    for byte in text {
      guard 0x21...0x7E ~= byte else { return nil }
      mapped.append(asciiMap[Int(byte)])
    }
    return mapped
  }

  /// Whether a scalar beyond ASCII stays what it is to BertPreTokenizer: white space, or a sign or ideograph by
  /// itself.
  func keeps(_ scalar: UInt32, _ classes: ScalarClasses) -> Bool {
    if classes.contains(.bertDropped) { return false }
    if classes.contains(.whitespace) { return true }
    let isApart =
      classes.contains(.bertPunctuation) || separatesChinese && classes.contains(.chinese)
    return isApart && folding.keeps(scalar)
  }

  /// Whether a scalar beyond ASCII becomes nothing but parts of words.
  func keepsAsLetter(_ scalar: UInt32, _ classes: ScalarClasses) -> Bool {
    let others: ScalarClasses = [.bertDropped, .whitespace, .bertPunctuation, .chinese]
    guard classes.isDisjoint(with: others) else { return false }
    if folding.keeps(scalar) { return true }
    let table = ScalarClasses.table
    return !folding.isUnsettled(scalar)
      && folding.result(of: scalar).allSatisfy { table[$0].isDisjoint(with: others) }
  }

  /// Does all the work scalar by scalar, which is right as long as no marks are left that could change
  /// places; false, and nothing done, where there are.
  ///
  /// Every scalar written has the origin of the one it was made from, as after the separate steps.
  private func foldInOnePass(_ text: inout AlignedText) -> Bool {
    let table = ScalarClasses.table
    var rewriter = TextRewriter(text)
    while true {
      rewriter.mapRun(asciiMap)
      if rewriter.atEnd { break }
      let scalar = rewriter.scalar
      let classes = table[scalar]
      if cleansText, classes.contains(.bertDropped) {
        rewriter.drop()
      } else if cleansText, classes.contains(.whitespace) {
        rewriter.replace(with: 0x20)
      } else if folding.isUnsettled(scalar) {
        return false
      } else if separatesChinese, classes.contains(.chinese) {
        rewriter.insertBefore(0x20)
        rewriter.map(folding.result(of: scalar))
        rewriter.insert(0x20)
      } else {
        rewriter.map(folding.result(of: scalar))
      }
    }
    text.take(rewriter)
    return true
  }

  private func clean(_ text: inout AlignedText) {
    let table = ScalarClasses.table
    text.rewrite { rewriter in
      while !rewriter.atEnd {
        let classes = table[rewriter.scalar]
        if classes.contains(.bertDropped) {
          rewriter.drop()
        } else if classes.contains(.whitespace) {
          rewriter.replace(with: 0x20)
        } else {
          rewriter.copy()
        }
      }
    }
  }

  private func separateChinese(_ text: inout AlignedText) {
    let table = ScalarClasses.table
    text.rewrite { rewriter in
      while !rewriter.atEnd {
        guard table[rewriter.scalar].contains(.chinese) else {
          rewriter.copy()
          continue
        }
        rewriter.insertBefore(0x20)
        rewriter.copy()
        rewriter.insert(0x20)
      }
    }
  }
}
