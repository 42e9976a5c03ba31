import Records
import Stages
import TestSupport
import Tokenize

/// Files that Scripts/tokenize_fixtures.py wrote with Hugging Face's library.
enum Fixture {
  static func load(_ name: String) throws -> JSONValue {
    try JSONValue.parse(
      FileReader.contents("\(Shared.project)/Tests/Fixtures/Tokenize/\(name).json"))
  }
}

extension JSONValue {
  /// The members as 32-bit integers.
  var integers: [Int32] { (array ?? []).map { Int32($0.int ?? .min) } }

  /// The strings of an array.
  var strings: [String] { (array ?? []).map { $0.string ?? "no string" } }
}

extension Encoding {
  /// The offsets as Python lists them, pair after pair.
  var flatOffsets: [Int32] { offsets.flatMap { [$0.lowerBound, $0.upperBound] } }
}

/// The bytes of a file.
func fileContents(_ path: String) throws -> [UInt8] { try FileReader.contents(path) }
