/// A record of a TensorBoard event file: an `Event` of TensorFlow's `event.proto`, framed as a TFRecord.
///
/// The frame is the length in 8 bytes, its checksum, the bytes, their checksum; a checksum is a CRC-32C,
/// rotated by 15 bits and shifted by a constant. Source: tensorflow/core/lib/io/record_writer.h and
/// tensorflow/core/util/event.proto.
package struct EventRecord {
  /// The record as it stands in a file.
  package let bytes: [UInt8]

  /// What every file begins with.
  package static func version(at time: Double) -> EventRecord {
    EventRecord(Self.time(time) + field(3, Array("brain.Event:2".utf8)))
  }

  /// Says that the program was started again: what a file says of this step and later ones is void.
  package static func restart(step: Int, at time: Double) -> EventRecord {
    EventRecord(Self.time(time) + number(2, step) + field(7, number(1, 1)))
  }

  /// The values of some curves at a step.
  package static func scalars(
    _ values: [(tag: String, value: Double)], step: Int, at time: Double
  ) -> EventRecord {
    let summary = values.flatMap { tag, value in
      field(1, field(1, Array(tag.utf8)) + [2 << 3 | 5] + little(Float(value).bitPattern))
    }
    return EventRecord(Self.time(time) + number(2, step) + field(5, summary))
  }

  private init(_ event: [UInt8]) {
    let length = Self.little(UInt64(event.count))
    bytes =
      length + Self.little(Self.checksum(length)) + event + Self.little(Self.checksum(event))
  }

  // MARK: - Protocol buffers

  private static func time(_ seconds: Double) -> [UInt8] {
    [1 << 3 | 1] + little(seconds.bitPattern)
  }

  private static func number(_ name: UInt8, _ value: Int) -> [UInt8] {
    [name << 3] + variable(UInt64(bitPattern: Int64(value)))
  }

  private static func field(_ name: UInt8, _ bytes: [UInt8]) -> [UInt8] {
    [name << 3 | 2] + variable(UInt64(bytes.count)) + bytes
  }

  private static func variable(_ value: UInt64) -> [UInt8] {
    var (rest, bytes) = (value, [UInt8]())
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    return bytes + [UInt8(rest)]
  }

  private static func little(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }

  // MARK: - Checksums

  private static func checksum(_ bytes: [UInt8]) -> UInt32 {
    let plain = castagnoli(bytes)
    return (plain >> 15 | plain << 17) &+ 0xA282_EAD8
  }

  /// CRC-32C by single bits: records have some hundred bytes.
  package static func castagnoli(_ bytes: [UInt8]) -> UInt32 {
    var sum = UInt32.max
    for byte in bytes {
      sum ^= UInt32(byte)
      for _ in 0..<8 { sum = sum & 1 == 0 ? sum >> 1 : sum >> 1 ^ 0x82F6_3B78 }
    }
    return ~sum
  }
}
