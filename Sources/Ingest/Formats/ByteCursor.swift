import Records
import Stages

/// Walks a stream byte by byte, keeping no more than the value it is in.
struct ByteCursor {
  private let stream: any ByteStream
  private let name: String
  private let largest: Int
  private var buffer: [UInt8] = []
  private var position = 0
  private var newlinesBefore = 0

  init(_ stream: any ByteStream, name: String, largest: Int) {
    self.stream = stream
    self.name = name
    self.largest = largest
  }

  /// The line of the next byte, counted from 1.
  var line: Int { 1 + newlinesBefore + buffer[..<position].count { $0 == 0x0A } }

  /// The place of the next byte.
  var source: Source { Source(file: name, line: line) }

  /// The next byte, which stays unread; nil at the end.
  mutating func peek() throws(StageError) -> UInt8? {
    if position == buffer.count, try !grow(keeping: position) { return nil }
    return buffer[position]
  }

  /// Reads the next byte, which `peek` has seen.
  mutating func advance() { position += 1 }

  /// Reads blanks; the byte behind them stays unread.
  mutating func peekBehindSpace() throws(StageError) -> UInt8? {
    while let byte = try peek() {
      guard byte == 0x20 || (0x09...0x0D).contains(byte), byte != 0x0B, byte != 0x0C else {
        return byte
      }
      advance()
    }
    return nil
  }

  /// Adds a chunk behind the bytes from `start`; false at the end of the stream.
  private mutating func grow(keeping start: Int) throws(StageError) -> Bool {
    let chunk = try stream.next()
    if chunk.isEmpty { return false }
    newlinesBefore += buffer[..<start].count { $0 == 0x0A }
    buffer = start == buffer.count ? chunk : Array(buffer[start...]) + chunk
    position -= start
    return true
  }

  /// Reads one JSON value by its brackets and quotes alone; nil where the stream ends within it.
  ///
  /// Whether it is valid is for the parser to say.
  /// - Throws: `too-large`, when all of a value that is larger than the limit has been passed over.
  mutating func value() throws(StageError) -> [UInt8]? {
    var extent = ValueExtent()
    var start = position
    var tooLarge: StageError?
    while true {
      if let end = extent.end(in: buffer, from: position) {
        position = end
        if let tooLarge { throw tooLarge }
        return Array(buffer[start..<end])
      }
      position = buffer.count
      if position - start > largest, tooLarge == nil {
        tooLarge = .tooLarge(source, limit: largest)
      }
      // What is passed over need not be kept.
      if tooLarge != nil { start = position }
      guard try grow(keeping: start) else {
        if let tooLarge { throw tooLarge }
        // A number at the very end has nothing that ends it.
        return extent.isScalar && position > start ? Array(buffer[start...]) : nil
      }
      start = 0
    }
  }

  /// Whether the array that begins here holds an object first; nothing is read.
  mutating func arrayHoldsObjects() throws(StageError) -> Bool {
    var place = position + 1
    while true {
      while place < buffer.count {
        let byte = buffer[place]
        if byte > 0x20 { return byte == UInt8(ascii: "{") }
        place += 1
      }
      place -= position
      // A list that begins with so many blanks holds nothing that is worth their memory.
      guard place <= largest, try grow(keeping: position) else { return false }
      place += position
    }
  }
}

/// Finds where a JSON value ends, across chunks.
struct ValueExtent {
  private var depth = 0
  private var inString = false
  private var escaped = false
  /// Whether the value is a number or a word, which only what follows ends.
  private(set) var isScalar = false

  /// The place behind the value's last byte, or nil where the bytes end first.
  mutating func end(in bytes: [UInt8], from start: Int) -> Int? {
    bytes.withUnsafeBufferPointer { bytes in
      var place = start
      while place < bytes.count {
        if inString {
          place = skipString(bytes, from: place)
          if !inString, depth == 0 { return place }
          continue
        }
        if step(bytes[place]) { return isScalar ? place : place + 1 }
        place += 1
      }
      return nil
    }
  }

  /// The place behind the quote that closes the string, or the end of the bytes.
  private mutating func skipString(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
    var place = start
    if escaped, place < bytes.count {
      escaped = false
      place += 1
    }
    while place < bytes.count {
      let byte = bytes[place]
      place += 1
      if byte == UInt8(ascii: "\"") {
        inString = false
        return place
      }
      guard byte == UInt8(ascii: "\\") else { continue }
      escaped = place == bytes.count
      place = min(place + 1, bytes.count)
    }
    return place
  }

  /// Takes a byte outside strings; true where it ends the value, or for a scalar stands behind it.
  private mutating func step(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "\""):
      inString = true
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      depth += 1
    case UInt8(ascii: "}"), UInt8(ascii: "]"):
      if isScalar || depth == 0 { return true }
      depth -= 1
      return depth == 0
    default:
      guard depth == 0 else { return false }
      if isScalar, byte <= 0x20 || byte == UInt8(ascii: ",") { return true }
      isScalar = true
    }
    return false
  }
}
