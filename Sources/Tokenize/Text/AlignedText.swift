/// The scalars of the original text that something stems from: first and one past the last.
struct Origin: Sendable, Hashable {
  var start: Int32
  var end: Int32
}

/// A text on its way through normalization that knows, byte by byte, where it came from.
///
/// While nothing has changed the alignment is implied and costs nothing; the first rewrite that moves
/// anything stores it. Without `tracks` it is never stored.
struct AlignedText: Sendable {
  /// The text now, as valid UTF-8.
  var bytes: [UInt8]
  /// For every byte the scalars it stems from; empty while the text is as it was, or without `tracks`.
  var origins: [Origin] = []
  /// The place of the first scalar in the whole original text.
  let firstScalar: Int32
  /// Whether origins are wanted.
  let tracks: Bool
  /// Whether what the text begins with stems from the beginning of the whole original text.
  var startsText: Bool

  init(bytes: [UInt8], firstScalar: Int = 0, tracks: Bool, startsText: Bool = true) {
    self.startsText = startsText
    self.bytes = bytes
    self.firstScalar = Int32(firstScalar)
    self.tracks = tracks
  }

  /// Rebuilds the text: `body` reads the old one through the rewriter and writes the new one.
  @inline(__always)
  mutating func rewrite(_ body: (inout TextRewriter) -> Void) {
    var rewriter = TextRewriter(self)
    body(&rewriter)
    take(rewriter)
  }

  /// Takes what a rewriter has written.
  mutating func take(_ rewriter: TextRewriter) {
    bytes = rewriter.bytes
    origins = rewriter.origins
    if rewriter.leading > 0 { startsText = false }
  }

  /// Whether every byte is ASCII.
  var isASCII: Bool {
    let span = bytes.span
    var seen: UInt8 = 0
    for index in span.indices { seen |= span[index] }
    return seen < 0x80
  }
}

/// Finds the origins of byte ranges; those that come in ascending order are found fast.
struct OriginCursor {
  private var place = 0
  private var scalars: Int32
  /// Whether every byte is known to be a scalar, and the first byte the first scalar.
  private var isASCII = false

  init(_ text: AlignedText) { scalars = text.firstScalar }

  /// A cursor at the beginning of an original text.
  init(_ text: UnsafeBufferPointer<UInt8>) {
    scalars = 0
    var seen: UInt8 = 0
    for byte in text { seen |= byte }
    isASCII = seen < 0x80
  }

  /// The scalars of the original text that a range of bytes stems from.
  @inline(__always)
  mutating func origin(of range: ByteRange, in text: borrowing AlignedText) -> Origin {
    guard text.origins.isEmpty else {
      let last = max(range.start, range.end - 1)
      return Origin(
        start: text.origins[Int(range.start)].start, end: text.origins[Int(last)].end)
    }
    return text.bytes.withUnsafeBufferPointer { origin(of: range, in: $0) }
  }

  /// The scalars that a range of bytes of an original text makes up.
  @inline(__always)
  mutating func origin(of range: ByteRange, in bytes: UnsafeBufferPointer<UInt8>) -> Origin {
    precondition(range.end <= bytes.count, "bytes up to \(range.end) of \(bytes.count)")
    if isASCII { return Origin(start: range.start, end: range.end) }
    if Int(range.start) < place { goBack(to: Int(range.start), bytes) }
    advance(to: Int(range.start), bytes)
    let inside =
      Int(range.start) < bytes.count
      && UTF8Scalars.isContinuation(bytes[Int(range.start)])
    let start = inside ? scalars - 1 : scalars
    advance(to: Int(range.end), bytes)
    return Origin(start: start, end: scalars)
  }

  @inline(never)
  private mutating func goBack(to start: Int, _ bytes: UnsafeBufferPointer<UInt8>) {
    while place > start {
      place -= 1
      if !UTF8Scalars.isContinuation(bytes[place]) { scalars -= 1 }
    }
  }

  @inline(__always)
  private mutating func advance(to end: Int, _ bytes: UnsafeBufferPointer<UInt8>) {
    while place < end {
      if !UTF8Scalars.isContinuation(bytes[place]) { scalars += 1 }
      place += 1
    }
  }
}
