import CKernels

/// Something to find in a text.
///
/// The regular expressions of most models are recognised by their exact spelling and matched by
/// hand-written scanners; any other one goes to the general machine.
enum SplitPattern: Sendable, Hashable {
  /// A text, byte by byte.
  case literal([UInt8])
  /// Single scalars of some classes.
  case scalars(ScalarClasses)
  /// `\s+`
  case whitespaceRuns
  /// `\w+|[^\w\s]+` with the regex crate's `\w`.
  case wordsAndSigns
  /// GPT-2, RoBERTa, BART, Phi-2, Whisper.
  case gpt2
  /// cl100k and Llama-3 (`digits` 3), Qwen2 (`digits` 1).
  case tiktoken(digits: Int)
  /// o200k: GPT-4o, GPT-OSS, Llama-4.
  case o200k
  /// CLIP.
  case clip
  /// Any other expression.
  case regex(RegexPattern)

  /// Patterns by the regular expression that tokenizer files spell them with.
  private static let known: [(expression: String, pattern: SplitPattern)] = [
    (#"\s+"#, .whitespaceRuns),
    (gpt2Expression, .gpt2), (tiktokenExpression(digits: 3), .tiktoken(digits: 3)),
    (tiktokenExpression(digits: 1), .tiktoken(digits: 1)),
    (o200kExpression, .o200k),
    (clipExpression, .clip),
  ]

  /// The expression of GPT-2 and of what was trained like it.
  static let gpt2Expression =
    #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#

  static let clipExpression =
    #"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"#

  /// The expression of cl100k with so many digits to a word.
  static func tiktokenExpression(digits: Int) -> String {
    #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|"#
      + (digits == 1 ? #"\p{N}"# : #"\p{N}{1,3}"#)
      + #"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
  }

  static let o200kExpression = casedExpression(
    digits: 3, ending: "(?i:'s|'t|'re|'ve|'m|'ll|'d)?")

  /// Words by their cases, as o200k cuts them, with so many digits to a word and an ending of words.
  static func casedExpression(digits: Int, ending: String) -> String {
    let upper = #"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]"#
    let lower = #"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"#
    let sign = #"[^\r\n\p{L}\p{N}]?"#
    return sign + upper + "*" + lower + "+" + ending + "|" + sign + upper + "+" + lower + "*"
      + ending + (digits == 1 ? #"|\p{N}"# : #"|\p{N}{1,3}"#)
      + #"| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
  }

  /// Reads `{"String": …}` or `{"Regex": …}`.
  init(from reader: ComponentReader) throws(TokenizerError) {
    if let literal = reader.member("String") {
      self = .literal(Array(try literal.string().utf8))
      return
    }
    self = try Self(expression: try reader.required("Regex").string(), of: reader, key: "Regex")
  }

  /// The pattern of a regular expression, which stands under a key of a component.
  init(
    expression: String, of reader: ComponentReader, key: String
  ) throws(TokenizerError) {
    if let known = Self.known.first(where: { $0.expression == expression }) {
      self = known.pattern
      return
    }
    do { self = .regex(try RegexPattern(expression)) } catch {
      throw reader.unsupported(
        "the regular expression \(expression) cannot be read: \(error.reason)",
        remedy: "spell it in another way", key: key)
    }
  }

  /// Whether the matches follow one another without a gap.
  var coversAllText: Bool {
    switch self {
    case .gpt2, .tiktoken, .o200k: true
    case .literal, .scalars, .whitespaceRuns, .wordsAndSigns, .clip, .regex: false
    }
  }

  /// Appends the matches in part of a text, leftmost first, as if the part were all the text.
  func appendMatches(
    in bytes: borrowing Span<UInt8>, _ range: ByteRange, to matches: inout [ByteRange]
  ) {
    let table = ScalarClasses.table
    switch self {
    case .literal(let literal): Self.appendLiteral(literal, bytes, range, &matches)
    case .scalars(let classes): scan(ScalarScanner(classes: classes, table), bytes, range, &matches)
    case .whitespaceRuns: scan(WhitespaceScanner(table), bytes, range, &matches)
    case .wordsAndSigns: scan(WordsAndSignsScanner(table), bytes, range, &matches)
    case .gpt2, .tiktoken, .o200k:
      bytes.withUnsafeBufferPointer { text in
        withUnsafeTemporaryAllocation(of: ByteRange.self, capacity: Self.room) { room in
          cut(text, range, in: room) { matches.append(contentsOf: $0) }
        }
      }
    case .clip: scan(CLIPScanner(table), bytes, range, &matches)
    case .regex(let regex): regex.appendMatches(in: bytes, range, to: &matches)
    }
  }

  @inline(__always)
  private func scan(
    _ scanner: some PatternScanner, _ bytes: borrowing Span<UInt8>, _ range: ByteRange,
    _ matches: inout [ByteRange]
  ) {
    var place = Int(range.start)
    let end = Int(range.end)
    bytes.withUnsafeBufferPointer { text in
      guard let base = text.baseAddress else { return }
      while place < end {
        let match = scanner.matchEnd(in: text.span, at: place, end)
        if match > place {
          matches.append(ByteRange(place, match))
          place = match
        } else {
          place += UTF8Scalars.length(leadByte: base[place])
        }
      }
    }
  }

  /// Hands the matches of a pattern that leaves nothing out to `visit`, many at a time.
  ///
  /// - Parameter room: Where they are written, with room for `SplitPattern.room`.
  @inline(__always)
  func cut(
    _ text: UnsafeBufferPointer<UInt8>, _ range: ByteRange,
    in room: UnsafeMutableBufferPointer<ByteRange>,
    _ visit: (UnsafeBufferPointer<ByteRange>) -> Void
  ) {
    let table = ScalarClasses.table
    switch self {
    case .gpt2: cut(ANNEAL_CUT_GPT2, GPT2Scanner(table), text, range, room, visit)
    case .tiktoken(let digits):
      let scanner = TiktokenScanner(digits: digits, table)
      cut(ANNEAL_CUT_TIKTOKEN, digits: digits, scanner, text, range, room, visit)
    case .o200k: cut(ANNEAL_CUT_O200K, digits: 3, O200KScanner(table), text, range, room, visit)
    default: preconditionFailure("\(self) leaves out parts of a text")
    }
  }

  /// Those in plain text are found by a kernel that looks at 64 bytes at once, the others one by one.
  private func cut(
    _ pattern: anneal_cut, digits: Int = 0, _ scanner: some PatternScanner,
    _ text: UnsafeBufferPointer<UInt8>, _ range: ByteRange,
    _ room: UnsafeMutableBufferPointer<ByteRange>,
    _ visit: (UnsafeBufferPointer<ByteRange>) -> Void
  ) {
    precondition(room.count >= Self.room, "room for \(room.count) words")
    guard let words = room.baseAddress else { return }
    var place = Int64(range.start)
    var count = 0
    func makeRoom(for more: Int32) {
      guard room.count - count < Int(more) else { return }
      visit(UnsafeBufferPointer(start: words, count: count))
      count = 0
    }
    while place < Int64(range.end) {
      makeRoom(for: 2 * Int32(ANNEAL_CUT_ROOM))
      // A range is two numbers of four bytes here and there.
      let left = room.count - count
      count += (words + count).withMemoryRebound(to: anneal_range.self, capacity: left) { words in
        Int(
          anneal_cut_plain(
            pattern, Int64(digits), text.baseAddress, place, Int64(range.end), words, Int64(left),
            &place))
      }
      // What follows is not plain, at least up to its end.
      while place < Int64(range.end) {
        makeRoom(for: 1)
        let end = scanner.matchEnd(in: text.span, at: Int(place), Int(range.end))
        words[count] = ByteRange(Int(place), end)
        count += 1
        place = Int64(end)
        if place < Int64(range.end), text[end] < 0x80 { break }
      }
    }
    visit(UnsafeBufferPointer(start: words, count: count))
  }

  /// How many words are cut at once.
  static let room = 1024

  private static func appendLiteral(
    _ literal: [UInt8], _ bytes: borrowing Span<UInt8>, _ range: ByteRange,
    _ matches: inout [ByteRange]
  ) {
    guard let first = literal.first else { return }
    var place = Int(range.start)
    let last = Int(range.end) - literal.count
    while place <= last {
      if bytes[place] == first, isEqual(literal, bytes, place) {
        matches.append(ByteRange(place, place + literal.count))
        place += literal.count
      } else {
        place += 1
      }
    }
  }

  private static func isEqual(
    _ literal: [UInt8], _ bytes: borrowing Span<UInt8>, _ place: Int
  ) -> Bool {
    for index in literal.indices where bytes[place + index] != literal[index] { return false }
    return true
  }
}
