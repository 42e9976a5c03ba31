import Stages
import TestSupport
import Testing

struct FileReaderTests {
  @Test(arguments: [0, 1, 1 << 20, (1 << 22) - 1, 1 << 22, 9_000_001])
  func `a file is read whole, whatever its size`(size: Int) throws {
    let folder = try TemporaryFolder()
    var random: UInt64 = 1
    let bytes = (0..<size).map { _ in
      random = random &* 6_364_136_223_846_793_005 &+ 1
      return UInt8(truncatingIfNeeded: random >> 56)
    }
    let path = "\(folder.path)/bytes"
    let file = try AtomicFile(path)
    try file.write(bytes[...])
    try file.commit()
    #expect(try FileReader.contents(path) == bytes)
  }
}
