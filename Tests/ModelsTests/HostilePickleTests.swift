import Models
import Stages
import Tensors
import TestSupport
import Testing

/// Pickles and archives that lie, bite or never end are errors that say what is wrong.
struct HostilePickleTests {
  private func fault(_ bytes: [UInt8]) throws -> ModelError {
    let file = try TemporaryFile(bytes)
    let error = try #require(
      #expect(throws: ModelError.self) { try PickleFile(file.path) })
    #expect(error.file == file.path)
    #expect(!error.remedy.isEmpty, "\(error)")
    return error
  }

  private func fault(pickle: [UInt8]) throws -> ModelError {
    try fault(zip([("x/data.pkl", pickle), ("x/data/0", [0, 0, 0, 0, 0, 0, 0, 0])]))
  }

  @Test(arguments: [
    ("os", "system"), ("posix", "system"), ("builtins", "eval"), ("torch", "load"),
    ("torch.storage", "_load_from_bytes"), ("numpy.core.multiarray", "_reconstruct"),
  ])
  func `a pickle that asks for a function is refused by its name`(
    module: String, name: String
  ) throws {
    let call = PickleBuilder().global(module, name).tuple { $0.text("touch /tmp/x") }
    let error = try fault(pickle: call.adding([UInt8(ascii: "R")]).stopped)
    #expect(error.code == .unsupported)
    #expect(error.description.contains("\(module).\(name)"))
    #expect(error.description.contains("nothing of it was executed"))
    let byStack = PickleBuilder().text(module).text(name).adding([0x93]).stopped
    #expect(try fault(pickle: byStack).description.contains("\(module).\(name)"))
  }

  @Test func `instructions that state dicts do not need are refused by number`() throws {
    for code in [UInt8(ascii: "i"), UInt8(ascii: "o"), 0x81, 0x92, 0x82, UInt8(ascii: "I")] {
      let error = try fault(pickle: PickleBuilder().adding([code]).stopped)
      #expect(error.description.contains("instruction \(code)"))
    }
  }

  @Test func `tensors that lie outside their storage are refused`() throws {
    let cases: [(count: Int, offset: Int, shape: [Int], strides: [Int])] = [
      (2, 0, [3], [1]), (2, 1, [2], [1]), (2, 3, [0], [1]), (2, 0, [2], [2]),
      (2, -1, [1], [1]), (2, 0, [-1], [1]), (2, 0, [2], [-1]), (2, 0, [1 << 40], [0]),
      (2, 0, [.max, .max], [1, 1]), (2, 0, [2, 2], [.max, 1]), (2, .max, [1], [1]),
      (-1, 0, [1], [1]), (2, 0, [1, 1], [1]),
    ]
    for (count, offset, shape, strides) in cases {
      let pickle = PickleBuilder().dictionary {
        $0.text("a").tensor("0", count: count, offset: offset, shape: shape, strides: strides)
      }
      #expect(try fault(pickle: pickle.stopped).code == .corrupt)
    }
  }

  @Test func `a type wider than that of the storage does not read beyond it`() throws {
    let pickle = PickleBuilder().dictionary { items in
      items.text("a").global("torch._utils", "_rebuild_tensor_v3").tuple { arguments in
        arguments.tuple { storage in
          storage.text("storage").global("torch", "ByteStorage").text("0").text("cpu").integer(8)
        }.adding([UInt8(ascii: "Q")]).integer(0).integers([8]).integers([1])
          .adding([0x89, UInt8(ascii: "N")]).global("torch", "float64")
      }.adding([UInt8(ascii: "R")])
    }
    #expect(try fault(pickle: pickle.stopped).description.contains("outside its storage"))
  }

  @Test func `empty tensors may have any other dimensions`() throws {
    let pickle = PickleBuilder().dictionary {
      $0.text("a").tensor("0", count: 2, shape: [0, .max, .max], strides: [.max, .max, 1])
    }
    let file = try TemporaryFile(zip([("x/data.pkl", pickle.stopped), ("x/data/0", [])]))
    let error = #expect(throws: ModelError.self) { try PickleFile(file.path) }
    #expect(error?.description.contains("storage 0") == true)
    let whole = try TemporaryFile(
      zip([("x/data.pkl", pickle.stopped), ("x/data/0", [UInt8](repeating: 0, count: 8))]))
    #expect(try PickleFile(whole.path).tensor("a").values.isEmpty)
  }

  @Test func `ten gigabytes claimed in a kilobyte are refused`() throws {
    for count in [2_500_000_000, .max / 4, .max] {
      let pickle = PickleBuilder().dictionary {
        $0.text("a").tensor("0", count: count, shape: [count], strides: [1])
      }
      let error = try fault(pickle: pickle.stopped)
      #expect(error.code == .corrupt)
      #expect(error.description.contains("storage 0") || error.description.contains("its storage"))
    }
  }

  @Test func `deep nests and values without end neither crash nor hang`() throws {
    let deep = [UInt8](repeating: UInt8(ascii: "]"), count: 50_000)
    let closed = deep + [UInt8](repeating: UInt8(ascii: "a"), count: 49_999)
    #expect(try fault(pickle: [0x80, 2] + closed + [UInt8(ascii: ".")]).code == .unsupported)
    let tuples = [UInt8(ascii: ")")] + [UInt8](repeating: 0x85, count: 100_000)
    #expect(try fault(pickle: [0x80, 2] + tuples + [UInt8(ascii: ".")]).code == .unsupported)
    let pile = [UInt8](repeating: UInt8(ascii: "N"), count: 263_000)
    #expect(try fault(pickle: [0x80, 2] + pile).description.contains("piles up"))
    let marks = [UInt8](repeating: UInt8(ascii: "("), count: 263_000)
    #expect(try fault(pickle: [0x80, 2] + marks).description.contains("piles up"))
    // A dictionary that holds itself under every name that wraps a state dict.
    let loop = PickleBuilder().adding(Array("}q\0(".utf8)).text("model").adding(Array("h\0".utf8))
      .text("state_dict").adding(Array("h\0u".utf8))
    #expect(try fault(pickle: loop.stopped).description.contains("no state dict"))
  }

  @Test func `faulty stacks, marks, memories and texts are refused`() throws {
    let cases: [[UInt8]] = [
      Array(".".utf8), Array("t.".utf8), Array("R.".utf8), Array("(R.".utf8), Array("a.".utf8),
      Array("}(Nu.".utf8), Array("h\u{5}.".utf8), Array("q\u{5}.".utf8),
      Array("j\u{7f}\u{7f}\u{7f}\u{7f}.".utf8), Array("X\u{7f}\u{7f}\u{7f}\u{7f}ab".utf8),
      [0x8D, 255, 255, 255, 255, 255, 255, 255, 255, 46], Array("cos".utf8), Array("NQ.".utf8),
      Array("b.".utf8), [0x8A, 200, 1],
    ]
    for bytes in cases {
      let error = try fault(pickle: [0x80, 2] + bytes)
      #expect(error.code == .corrupt || error.code == .unsupported, "\(bytes)")
    }
  }

  @Test func `one name for two tensors is refused`() throws {
    let pickle = PickleBuilder().dictionary { items in
      (0..<2).reduce(items) { items, _ in
        items.text("a").tensor("0", count: 2, shape: [2], strides: [1])
      }
    }
    #expect(try fault(pickle: pickle.stopped).description.contains("tensor a twice"))
  }

  @Test func `archives that point outside themselves are refused`() throws {
    let good = torchFile([("a", Tensor([1, 2])), ("b", Tensor([3]))])
    let whole = try TemporaryFile(good)
    #expect(try PickleFile(whole.path).tensor("b").values == [3])
    func changed(_ offset: Int, _ value: [UInt8]) -> [UInt8] {
      var bytes = good
      bytes.replaceSubrange(offset..<offset + value.count, with: value)
      return bytes
    }
    let end = good.count - 22
    for (offset, value) in [
      (end + 10, littleEndian(UInt16(65535))), (end + 12, littleEndian(UInt32.max)),
      (end + 16, littleEndian(UInt32.max)), (end + 16, littleEndian(UInt32(3))),
      (end, [0, 0, 0, 0]),
    ] {
      #expect(try fault(changed(offset, value)).code == .corrupt)
    }
    let directory = good[(end + 16)...].prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
    for (offset, value) in [
      (0, littleEndian(UInt32(0))), (10, littleEndian(UInt16(8))), (8, littleEndian(UInt16(1))),
      (20, littleEndian(UInt32.max - 1)), (42, littleEndian(UInt32.max - 1)),
      (28, littleEndian(UInt16.max)), (24, littleEndian(UInt32(9))),
    ] {
      let error = try fault(changed(directory + offset, value))
      #expect(error.code == .corrupt || error.code == .unsupported, "\(offset)")
    }
    let twice = zip([("x/data.pkl", [46]), ("x/data.pkl", [46])])
    #expect(try fault(twice).description.contains("twice"))
    #expect(try fault(zip([("x/other", [46])])).description.contains("no data.pkl"))
  }

  @Test(arguments: ["nested.pt", "nested-legacy.pt"])
  func `a file cut off anywhere is refused`(name: String) throws {
    let bytes = try FileReader.contents(CheckpointFixture.path(name))
    for length in stride(from: 0, to: bytes.count, by: 61) {
      let file = try TemporaryFile(Array(bytes.prefix(length)))
      #expect(throws: ModelError.self, "\(length) bytes") { try PickleFile(file.path) }
    }
  }
}
