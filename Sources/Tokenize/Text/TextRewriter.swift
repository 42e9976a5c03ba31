/// One pass over a text that writes its successor.
///
/// The rules of alignment are Hugging Face's: what replaces scalars takes the origin of the first of
/// them; what is inserted takes the origin of the byte read last.
struct TextRewriter {
  private let source: [UInt8]
  private let sourceOrigins: [Origin]
  private let tracks: Bool
  private let firstScalar: Int32
  /// The next byte to read.
  private(set) var place = 0
  private var scalarsRead: Int32 = 0
  /// Scalars before the one that what is written first stems from.
  private(set) var leading = 0
  /// The text written so far.
  private(set) var bytes: [UInt8] = []
  /// The origins of what was written so far.
  private(set) var origins: [Origin] = []

  init(_ text: AlignedText) {
    source = text.bytes
    sourceOrigins = text.origins
    tracks = text.tracks
    firstScalar = text.firstScalar
    bytes.reserveCapacity(source.count + 16)
    if tracks { origins.reserveCapacity(source.count + 16) }
  }

  /// Whether everything was read.
  var atEnd: Bool { place == source.count }

  /// The number of bytes to read in all.
  var end: Int { source.count }

  /// The scalar to read next.
  @inline(__always)
  var scalar: UInt32 { UTF8Scalars.decode(source.span, at: place).scalar }

  /// A byte of the text being read.
  @inline(__always)
  func byte(at place: Int) -> UInt8 { source[place] }

  private var origin: Origin {
    guard tracks else { return Origin(start: 0, end: 0) }
    if !sourceOrigins.isEmpty { return sourceOrigins[place] }
    let start = firstScalar + scalarsRead
    return Origin(start: start, end: start + 1)
  }

  private var previousOrigin: Origin {
    guard tracks else { return Origin(start: 0, end: 0) }
    if place == 0 { return Origin(start: firstScalar, end: firstScalar) }
    if !sourceOrigins.isEmpty { return sourceOrigins[place - 1] }
    let end = firstScalar + scalarsRead
    return Origin(start: end - 1, end: end)
  }

  /// Reads a scalar and writes nothing.
  @inline(__always)
  mutating func drop() {
    if bytes.isEmpty { leading += 1 }
    place += UTF8Scalars.length(leadByte: source[place])
    scalarsRead += 1
  }

  /// Reads and drops `count` scalars.
  mutating func drop(_ count: Int) {
    for _ in 0..<count where !atEnd { drop() }
  }

  /// Reads a scalar and writes it.
  @inline(__always)
  mutating func copy() { replace(with: scalar) }

  /// Reads `count` scalars and writes one in their place.
  @inline(__always)
  mutating func replace(with scalar: UInt32, reading count: Int = 1) {
    write(scalar, origin)
    drop(count)
  }

  /// Writes a scalar that stands for no scalar read.
  mutating func insert(_ scalar: UInt32) {
    if bytes.isEmpty, leading > 0 { leading -= 1 }
    write(scalar, previousOrigin)
  }

  /// Writes a scalar with the origin of the scalar to be read next, and does not read it.
  mutating func insertBefore(_ scalar: UInt32) { write(scalar, origin) }

  /// Reads a scalar and writes what a mapping makes of it.
  @inline(__always)
  mutating func map(_ scalars: ArraySlice<UInt32>) {
    guard let first = scalars.first else { return drop() }
    replace(with: first)
    for scalar in scalars.dropFirst() { insert(scalar) }
  }

  /// Reads so many bytes, which end with a scalar, and writes others that stem from all of them.
  mutating func replace(byteCount: Int, with new: some Sequence<UInt8>) {
    let first = origin
    let end = place + byteCount
    var last = first
    while place < end {
      last = origin
      drop()
    }
    write(new, Origin(start: first.start, end: last.end))
  }

  /// Writes bytes with the origin of what is read next, or was read last at the end.
  mutating func insertBytes(_ new: some Sequence<UInt8>) {
    write(new, atEnd ? previousOrigin : origin)
  }

  /// Takes back the bytes written last.
  mutating func removeLast(_ count: Int) {
    bytes.removeLast(count)
    if tracks { origins.removeLast(count) }
  }

  private mutating func write(_ new: some Sequence<UInt8>, _ origin: Origin) {
    for byte in new {
      bytes.append(byte)
      if tracks { origins.append(origin) }
    }
  }

  /// Reads ASCII bytes up to one that maps to 0, and writes what they map to.
  mutating func mapRun(_ map: [UInt8]) {
    var end = place
    while end < source.count, source[end] < 0x80, map[Int(source[end])] != 0 { end += 1 }
    let start = bytes.count
    bytes.append(contentsOf: source[place..<end])
    for index in start..<bytes.count { bytes[index] = map[Int(bytes[index])] }
    passRun(to: end)
  }

  /// Reads the scalars up to a place and writes them.
  mutating func copy(to limit: Int) {
    while place < limit {
      copyRun(to: limit, stop: nil)
      if place < limit { copy() }
    }
  }

  /// Reads and writes ASCII bytes up to a place, or up to one that is `stop` or not ASCII.
  @inline(__always)
  mutating func copyRun(to limit: Int, stop: UInt8?) {
    var end = place
    while end < limit, source[end] < 0x80, source[end] != stop { end += 1 }
    bytes.append(contentsOf: source[place..<end])
    passRun(to: end)
  }

  /// Takes the ASCII bytes up to a place, of which each was written as one byte, as read.
  private mutating func passRun(to end: Int) {
    if tracks {
      if sourceOrigins.isEmpty {
        let first = firstScalar + scalarsRead
        for index in 0..<Int32(end - place) {
          origins.append(Origin(start: first + index, end: first + index + 1))
        }
      } else {
        origins.append(contentsOf: sourceOrigins[place..<end])
      }
    }
    scalarsRead += Int32(end - place)
    place = end
  }

  @inline(__always)
  private mutating func write(_ scalar: UInt32, _ origin: Origin) {
    let before = bytes.count
    UTF8Scalars.append(scalar, to: &bytes)
    guard tracks else { return }
    for _ in before..<bytes.count { origins.append(origin) }
  }
}
