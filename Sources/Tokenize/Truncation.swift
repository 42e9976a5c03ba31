/// How texts are cut to a length.
public struct Truncation: Sendable, Equatable {
  /// Which text of a pair is cut.
  public enum Strategy: String, Sendable {
    /// Whichever is longer, until both fit.
    case longestFirst = "LongestFirst"
    /// The first.
    case onlyFirst = "OnlyFirst"
    /// The second.
    case onlySecond = "OnlySecond"
  }

  /// The most tokens, special ones included.
  public var maximumLength: Int
  /// Which text of a pair is cut.
  public var strategy: Strategy
  /// Whether the beginning is cut off rather than the end.
  public var cutsLeft: Bool
  /// How many tokens each window of what was cut off repeats of the window before; nil for no windows.
  public var stride: Int?

  /// Cuts to a length, by default at the end of the longer text.
  public init(
    maximumLength: Int, strategy: Strategy = .longestFirst, cutsLeft: Bool = false,
    stride: Int? = nil
  ) {
    precondition(maximumLength >= 0, "maximumLength is \(maximumLength)")
    precondition(stride ?? 0 >= 0, "stride is \(stride ?? 0)")
    self.stride = stride
    self.maximumLength = maximumLength
    self.strategy = strategy
    self.cutsLeft = cutsLeft
  }

  init(from reader: ComponentReader) throws(TokenizerError) {
    // What is missing has no usual value here, and texts cut to another length are other texts.
    try reader.mustBeObject()
    maximumLength = try reader.required("max_length").integer()
    let name = try reader.required("strategy").string()
    guard let strategy = Strategy(rawValue: name) else {
      throw reader.unsupported(
        "the strategy '\(name)' is not known",
        remedy: "known are LongestFirst, OnlyFirst, OnlySecond", key: "strategy")
    }
    self.strategy = strategy
    cutsLeft = try reader.isLeft("direction")
    stride = try reader.required("stride").integer()
  }

  /// The windows of a text that is cut to some tokens, the one that is kept first.
  func windows(of count: Int, keeping kept: Int) -> [Range<Int>] {
    guard kept < count else { return [0..<count] }
    guard kept > 0 else { return stride == nil ? [0..<0] : [0..<0, 0..<count] }
    let first = cutsLeft ? count - kept..<count : 0..<kept
    guard let stride, stride < kept else { return [first] }
    var windows = [first]
    while let last = windows.last, cutsLeft ? last.lowerBound > 0 : last.upperBound < count {
      let step = kept - stride
      windows.append(
        cutsLeft
          ? max(0, last.lowerBound - step)..<last.upperBound - step
          : last.lowerBound + step..<min(count, last.upperBound + step))
    }
    return windows
  }

  /// How many tokens of each text are kept when `budget` are left for both.
  ///
  /// Where the one text that may be cut is too short, all of it goes and the result is longer than asked.
  func kept(_ first: Int, _ second: Int, budget: Int) -> (first: Int, second: Int) {
    guard first + second > budget else { return (first, second) }
    guard budget > 0 else { return (0, 0) }
    switch strategy {
    case .onlyFirst: return (max(0, budget - second), second)
    case .onlySecond: return (first, max(0, budget - first))
    case .longestFirst:
      let shorter = min(first, second)
      var longer = max(shorter, budget - shorter)
      var kept = shorter
      if kept + longer > budget {
        kept = budget / 2
        longer = kept + budget % 2
      }
      return first <= second ? (kept, longer) : (longer, kept)
    }
  }
}

/// How texts are filled up to a common length.
public struct Padding: Sendable, Equatable {
  /// The length to fill up to; nil for that of the longest text of a batch.
  public var length: Int?
  /// Rounds the length up to a multiple of this.
  public var multiple: Int
  /// The id to fill with.
  public var id: Int32
  /// The segment to fill with.
  public var typeId: Int32
  /// Whether the filling stands before the text.
  public var padsLeft: Bool

  /// Fills up behind the text to the longest of the batch, unless a length is given.
  public init(
    length: Int? = nil, multiple: Int = 1, id: Int32 = 0, typeId: Int32 = 0, padsLeft: Bool = false
  ) {
    precondition(multiple > 0, "multiple is \(multiple)")
    self.length = length
    self.multiple = multiple
    self.id = id
    self.typeId = typeId
    self.padsLeft = padsLeft
  }

  init(from reader: ComponentReader) throws(TokenizerError) {
    try reader.mustBeObject()
    length = try Self.length(reader.required("strategy"))
    multiple = max(1, try reader.integer("pad_to_multiple_of", default: 1))
    id = Int32(try reader.required("pad_id").integer())
    typeId = Int32(try reader.required("pad_type_id").integer())
    _ = try reader.required("direction")
    padsLeft = try reader.isLeft("direction")
  }

  /// The length of the strategy `{"Fixed": length}`, or nil for `"BatchLongest"`.
  private static func length(_ strategy: ComponentReader) throws(TokenizerError) -> Int? {
    if let fixed = strategy.member("Fixed") { return try fixed.integer() }
    guard try strategy.string() == "BatchLongest" else {
      throw strategy.unsupported(
        "the strategy is not known", remedy: #"known are "BatchLongest" and {"Fixed": length}"#)
    }
    return nil
  }

  /// The length a batch with this longest text is filled up to.
  func target(longest: Int) -> Int {
    let length = length ?? longest
    return (length + multiple - 1) / multiple * multiple
  }
}

extension ComponentReader {
  /// Whether a direction is `Left`, not `Right` or missing.
  fileprivate func isLeft(_ key: String) throws(TokenizerError) -> Bool {
    switch try string(key, default: "Right") {
    case "Left": return true
    case "Right": return false
    case let other:
      throw unsupported(
        "the direction '\(other)' is not known", remedy: "known are Left and Right", key: key)
    }
  }
}
