import Parquet
import Records
import Stages
import TestSupport
import Testing

/// No bytes may crash the reader: whatever they are, they end in rows or a fault.
@Suite struct ParquetFuzzTests {
  @Test(.timeLimit(.minutes(2)), arguments: Fixtures.names)
  func `broken copies of a file end in rows or faults`(_ name: String) throws {
    let bytes = try Fixtures.bytes(name)
    var random = CounterRandom(seed: 5, purpose: "parquet", record: name)
    var faults = 0
    for _ in 0..<200 {
      var broken = bytes
      for _ in 0...random.below(3) {
        // Most of what can mislead a reader is in the footer and in the headers of pages.
        let tail = bytes.count - 1 - random.below(min(bytes.count, 900))
        let place = random.below(2) == 0 ? random.below(bytes.count) : tail
        switch random.below(3) {
        case 0: broken[place] = UInt8(random.below(256))
        case 1: broken[place] = [0, 0x7F, 0x80, 0xFF][random.below(4)]
        default: broken[place] ^= 1 << UInt8(random.below(8))
        }
      }
      do { _ = try parquetRows(broken) } catch { faults += 1 }
    }
    #expect(faults > 0)
  }

  @Test(.timeLimit(.minutes(1)))
  func `a file cut anywhere ends in a fault`() throws {
    let bytes = try Fixtures.bytes("chat-delta")
    for length in stride(from: 0, to: bytes.count, by: 61) {
      #expect(throws: StageError.self) { try parquetRows(Array(bytes.prefix(length))) }
    }
  }
}
