import Models
import Stages
import Tensors
import TestSupport
import Testing

/// The checkpoint format: what is written is read back, and nothing faulty is believed.
struct SafetensorsTests {
  /// A file of a given header and data.
  private func file(_ header: String, data: Int = 0, length: UInt64? = nil) throws -> TemporaryFile
  {
    let size = length ?? UInt64(header.utf8.count)
    let bytes = (0..<8).map { UInt8(truncatingIfNeeded: size >> (8 * UInt64($0))) }
    return try TemporaryFile(bytes + Array(header.utf8) + Array(repeating: 0, count: data))
  }

  private func fault(_ file: TemporaryFile) -> ModelError? {
    #expect(throws: ModelError.self) { try SafetensorsFile(file.path) }
  }

  @Test func `tensors come back as they were written`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/m.safetensors"
    let matrix = Tensor([1, -2, 3.5, 0, 1e-30, 6], shape: [2, 3])
    try SafetensorsWriter.write(
      [("b", Tensor([7], shape: [])), ("a.weight", matrix)], to: path, metadata: ["step": "3"])
    let file = try SafetensorsFile(path)
    #expect(file.tensors.map(\.name) == ["a.weight", "b"])
    #expect(file.metadata == ["format": "pt", "step": "3"])
    #expect(file["a.weight"]?.shape == [2, 3])
    #expect(try file.tensor("a.weight").values == matrix.values)
    #expect(try file.tensor("b").values == [7])
    #expect(file.tensors.allSatisfy { $0.bytes.lowerBound % 8 == 0 || $0.name == "b" })
  }

  @Test func `the same tensors give the same bytes in any order`() throws {
    let folder = try TemporaryFolder()
    let tensors = [("x", Tensor([1, 2])), ("y", Tensor([3]))]
    try SafetensorsWriter.write(tensors, to: folder.path + "/1")
    try SafetensorsWriter.write(tensors.reversed(), to: folder.path + "/2")
    #expect(
      try FileReader.contents(folder.path + "/1") == FileReader.contents(folder.path + "/2"))
  }

  @Test func `half and brain floats widen exactly`() throws {
    let header =
      #"{"h":{"dtype":"F16","shape":[2],"data_offsets":[0,4]},"#
      + #""b":{"dtype":"BF16","shape":[2],"data_offsets":[4,8]}}"#
    let bytes: [UInt8] = [0x00, 0x3C, 0x00, 0xC1, 0x80, 0x3F, 0x20, 0xC0]
    let size = (0..<8).map { UInt8(truncatingIfNeeded: header.utf8.count >> (8 * $0)) }
    let file = try TemporaryFile(size + Array(header.utf8) + bytes)
    let opened = try SafetensorsFile(file.path)
    #expect(try opened.tensor("h").values == [1, -2.5])
    #expect(try opened.tensor("b").values == [1, -2.5])
  }

  @Test(arguments: [
    ("too few for a header", "", 0, UInt64?.none, true),
    ("claims 30000000 bytes", "{}", 0, 30_000_000, false),
    ("claims 9000 bytes, but only 2 follow", "{}", 0, 9000, false),
    ("claims 18446744073709551615 bytes", "{}", 0, UInt64.max, false),
    ("is not JSON", "{\"a\":", 0, nil, false),
    ("is an array", "[]", 0, nil, false),
    ("lacks dtype", #"{"a":{"shape":[1],"data_offsets":[0,4]}}"#, 4, nil, false),
    (
      "impossible shape", #"{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#, 4, nil, false
    ),
    (
      "impossible shape",
      #"{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,4]}}"#, 4, nil, false
    ),
    ("needs 8 bytes", #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#, 4, nil, false),
    ("of the 2 after", #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, 2, nil, false),
    (
      "bytes follow the last", #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, 9, nil,
      false
    ),
    ("leaves a gap", #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, 8, nil, false),
    (
      "overlaps",
      #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#,
      8, nil, false
    ),
  ])
  func `a faulty header is refused with the file, the fault and a remedy`(
    expected: String, header: String, data: Int, length: UInt64?, isShort: Bool
  ) throws {
    let file =
      isShort ? try TemporaryFile([1, 2, 3]) : try file(header, data: data, length: length)
    let error = try #require(fault(file))
    #expect(error.code == .corrupt)
    #expect(error.file == file.path)
    #expect(error.description.contains(expected), "\(error)")
    #expect(!error.remedy.isEmpty)
  }

  @Test(arguments: [
    #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#,
    #"{"a":{"dtype":"F32","shape":[2500000000],"data_offsets":[0,10000000000]}}"#,
    #"{"a":{"dtype":"F32","shape":[1e300],"data_offsets":[0,8]}}"#,
    #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}"#,
    #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}"#,
    #"{"a":{"dtype":"F16","shape":[2],"data_offsets":[0,8]}}"#,
    #"{"a":{"dtype":"Q8_0","shape":[32],"data_offsets":[0,34]}}"#,
  ])
  func `double names, gigabytes and sizes that do not fit are refused`(header: String) throws {
    #expect(try fault(file(header, data: 8))?.description.contains("tensor a") == true)
  }

  @Test func `empty tensors may have any other dimensions`() throws {
    let huge = Int.max
    let header = #"{"a":{"dtype":"F16","shape":[0,\#(huge),\#(huge)],"data_offsets":[0,0]}}"#
    let file = try file(header)
    #expect(try SafetensorsFile(file.path).tensor("a").values.isEmpty)
  }

  @Test func `nested brackets without end are refused`() throws {
    let header = String(repeating: "[", count: 100_000)
    #expect(try fault(file(header))?.description.contains("is not JSON") == true)
  }

  @Test func `a file cut off anywhere is refused`() throws {
    let bytes = try FileReader.contents(Fixture.folder("tiny-bert") + "/model.safetensors")
    for length in [0, 5, 8, 100, 5000, bytes.count - 1] {
      let file = try TemporaryFile(Array(bytes.prefix(length)))
      #expect(throws: ModelError.self, "\(length) bytes") { try SafetensorsFile(file.path) }
    }
  }

  @Test func `an unknown number format is refused by name`() throws {
    let header = #"{"a":{"dtype":"F4","shape":[1],"data_offsets":[0,4]}}"#
    let error = try #require(fault(file(header, data: 4)))
    #expect(error.code == .unsupported && error.description.contains("F4"))
  }

  @Test func `a folder, a missing file and an empty file are errors`() throws {
    let folder = try TemporaryFolder()
    #expect(throws: ModelError.self) { try SafetensorsFile(folder.path) }
    #expect(throws: ModelError.self) { try SafetensorsFile(folder.path + "/none") }
    let empty = try folder.write("", to: "empty.safetensors")
    #expect(throws: ModelError.self) { try SafetensorsFile(empty) }
  }
}

/// A file of given bytes that is gone after the test.
struct TemporaryFile {
  private let folder: TemporaryFolder
  var path: String { folder.path + "/file.safetensors" }

  init(_ bytes: [UInt8]) throws {
    folder = try TemporaryFolder()
    try AtomicFile.write(bytes, to: path)
  }
}
