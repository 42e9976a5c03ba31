/// Runs of ASCII letters, eight bytes at a time.
enum ASCIIRuns {
  private static let high: UInt64 = 0x8080_8080_8080_8080
  private static let ones: UInt64 = 0x0101_0101_0101_0101

  /// Passes over the ASCII letters from a place on, and stops at the first other byte, or close to the end
  /// of the text, where eight bytes cannot be read at once.
  @inline(__always)
  static func skipLetters(_ text: UnsafePointer<UInt8>, from start: Int, _ end: Int) -> Int {
    var place = start
    while place &+ 8 <= end {
      let others = notLetters(load(text, place) | 0x20 &* ones)
      if others != 0 { return place &+ others.trailingZeroBitCount >> 3 }
      place &+= 8
    }
    return place
  }

  @inline(__always)
  private static func load(_ text: UnsafePointer<UInt8>, _ place: Int) -> UInt64 {
    UInt64(
      littleEndian: UnsafeRawPointer(text).loadUnaligned(fromByteOffset: place, as: UInt64.self))
  }

  /// The uppermost bit of every byte that is no small letter.
  @inline(__always)
  private static func notLetters(_ bytes: UInt64) -> UInt64 {
    // Without their uppermost bits no byte can carry into the next.
    let low = bytes & ~high
    let fromA = low &+ (0x80 - 0x61) &* ones
    let beyondZ = low &+ (0x80 - 0x7B) &* ones
    return (~fromA | beyondZ | bytes) & high
  }
}
