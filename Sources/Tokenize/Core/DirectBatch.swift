/// The ids of many short texts, for models that cut texts as they are by one pattern.
///
/// Texts go together until they have some hundred words, so that words which are not known are learned many
/// at a time: then the processor waits for the tables of one while it is at work on another.
struct DirectBatch: ~Copyable {
  private let pipeline: TokenizerPipeline
  private let pattern: SplitPattern
  /// The seams at which long words are cut, if parts have the tokens that they have in a word.
  private let seams: BytePairSeams?
  /// The texts at work, one behind the other, and their words.
  private var text = RawBuffer<UInt8>(capacity: 1 << 13)
  private var words = RawBuffer<ByteRange>(capacity: SplitPattern.room)
  /// How many words there are up to the end of each text at work.
  private var stops: [Int] = []
  private var results: [[Int32]] = []

  /// Longer texts have words enough of their own.
  private static let longest = 1 << 14
  /// So many words are looked up at once.
  private static let enough = 480

  init(_ pipeline: TokenizerPipeline, _ pattern: SplitPattern, expecting count: Int) {
    self.pipeline = pipeline
    self.pattern = pattern
    let seams = pipeline.model.seams
    self.seams = seams?.areParts == false ? seams : nil
    results.reserveCapacity(count)
  }

  /// Adds a text.
  mutating func add(_ string: String, _ workspace: inout Workspace) {
    var string = string
    let isTaken = string.withUTF8 { take($0, &workspace) }
    if isTaken, words.count < Self.enough { return }
    finish(&workspace)
    if !isTaken { results.append(pipeline.ids(of: string, &workspace)) }
  }

  /// Cuts a text into its words; false, and nothing done, where it is long or has added tokens in it.
  private mutating func take(
    _ bytes: UnsafeBufferPointer<UInt8>, _ workspace: inout Workspace
  ) -> Bool {
    guard bytes.count <= Self.longest, !pipeline.added.mayStand(in: bytes) else { return false }
    let start = text.count
    text.reserve(bytes.count)
    if let source = bytes.baseAddress { text.next.update(from: source, count: bytes.count) }
    text.advance(bytes.count)
    let all = UnsafeBufferPointer(start: UnsafePointer(text.base), count: text.count)
    let room = UnsafeMutableBufferPointer(start: workspace.cut.base, count: SplitPattern.room)
    pattern.cut(all, ByteRange(start, text.count), in: room) { found in
      if let seams {
        seams.appendParts(of: found, in: all, to: &words)
      } else if let source = found.baseAddress {
        words.reserve(found.count)
        words.next.update(from: source, count: found.count)
        words.advance(found.count)
      }
    }
    stops.append(words.count)
    return true
  }

  /// Finds the tokens of the texts at work.
  mutating func finish(_ workspace: inout Workspace) {
    guard !stops.isEmpty else { return }
    workspace.begin()
    workspace.tokenize(
      UnsafeBufferPointer(start: UnsafePointer(words.base), count: words.count), stops: stops,
      of: UnsafeBufferPointer(start: UnsafePointer(text.base), count: text.count), pipeline.model
    ) { ids in results.append(Array(ids)) }
    text.truncate(to: 0)
    words.truncate(to: 0)
    stops.removeAll(keepingCapacity: true)
  }

  /// The ids of all texts, in order; none may be at work.
  consuming func all() -> [[Int32]] {
    precondition(stops.isEmpty, "\(stops.count) texts are not finished")
    return results
  }
}

extension AddedVocabulary {
  /// Whether an added token stands in a text.
  func mayStand(in bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    if let raw, !raw.matches(in: bytes.span, skipsSpecial: false).isEmpty { return true }
    guard let normalized else { return false }
    return !normalized.matches(in: bytes.span, skipsSpecial: false).isEmpty
  }
}
