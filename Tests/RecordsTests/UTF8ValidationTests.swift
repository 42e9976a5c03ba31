import Records
import Testing

/// What is told to be UTF-8 must be what Swift decodes without a repair.
@Suite struct `Bytes that are UTF-8` {
  private func expectAgreement(_ bytes: [UInt8]) {
    let isValid = String(validating: bytes, as: UTF8.self) != nil
    #expect(bytes.withUnsafeBufferPointer { $0.isUTF8 } == isValid, "\(bytes)")
  }

  @Test func `are told for all that two bytes begin`() {
    for first in UInt8(0x7F)...255 {
      for second in UInt8.min...255 {
        expectAgreement([first, second])
        expectAgreement([first, second, 0x80])
        expectAgreement([first, second, 0xBF, 0x80])
        expectAgreement([first, second, 0x80, 0xC0])
      }
    }
  }

  @Test func `are told wherever characters stand`() {
    var random = CounterRandom(seed: 9, purpose: "utf8", record: "")
    let parts: [[UInt8]] = ["a", "plain words ", "é", "中", "😀", "\u{7FF}", "\u{FFFF}"].map {
      Array($0.utf8)
    }
    for _ in 0..<20_000 {
      var bytes = (0..<random.below(8)).flatMap { _ in parts[random.below(parts.count)] }
      if !bytes.isEmpty, random.below(2) == 0 {
        bytes[random.below(bytes.count)] = UInt8(truncatingIfNeeded: random.below(256))
      }
      if random.below(3) == 0 { bytes = bytes.dropLast(1) }
      expectAgreement(bytes)
    }
  }
}
