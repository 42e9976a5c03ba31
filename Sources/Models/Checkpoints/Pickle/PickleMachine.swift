import Tensors

/// Runs a pickle as far as state dicts need it, and executes nothing.
///
/// The instructions build numbers, texts and containers; the few names that may be imported stand
/// for what they mean (`PickleGlobal`). Work and memory are bounded by the size of the pickle, and no
/// value owns another, so that nothing recurses.
/// Reference: CPython's `pickletools`, protocols 2 to 5.
struct PickleMachine {
  /// The largest pickle that is run, in bytes: the tensors themselves lie outside it.
  static let largest = 1 << 24
  /// The most values on the stack: torch writes containers in parts of a thousand.
  static let deepest = 1 << 18

  var reader: ByteReader
  var heap = PickleHeap()
  private var stack: [PickleValue] = []
  private var marks: [Int] = []
  private var memo: [UInt32: PickleValue] = [:]

  init(_ reader: ByteReader) { self.reader = reader }

  /// The value that one pickle describes; the reader then stands behind it.
  mutating func run() throws(ModelError) -> PickleValue {
    (stack, marks, memo) = ([], [], [:])
    let start = reader.offset
    while true {
      let code = try reader.read(UInt8.self)
      guard reader.offset - start <= Self.largest else {
        throw fault("it is longer than \(Self.largest) bytes")
      }
      guard let opcode = PickleOpcode(rawValue: code) else {
        throw refused("it uses instruction \(code) at byte \(reader.offset - 1)")
      }
      guard stack.count + marks.count <= Self.deepest else {
        throw fault("it piles up more than \(Self.deepest) values")
      }
      if opcode == .stop { return try pop() }
      try step(opcode)
    }
  }

  private mutating func step(_ opcode: PickleOpcode) throws(ModelError) {
    switch opcode {
    case .proto: _ = try reader.byte()
    case .frame: _ = try reader.skip(8, "a frame")
    case .stop: break
    case .mark: marks.append(stack.count)
    case .emptyTuple, .tuple, .tuple1, .tuple2, .tuple3, .emptyList, .append, .appends, .emptyDict,
      .setItem, .setItems:
      try build(opcode)
    case .binPut, .longBinPut, .memoize, .binGet, .longBinGet: try remember(opcode)
    case .global, .stackGlobal, .reduce, .build, .binPersistentID: try interpret(opcode)
    default: stack.append(try literal(opcode))
    }
  }

  /// The error of a pickle that is not what it should be.
  func fault(_ problem: String) -> ModelError { reader.corrupt(problem) }

  /// The error of a pickle that asks for more than state dicts need.
  func refused(_ problem: String) -> ModelError {
    ModelError(
      .unsupported, file: reader.path,
      problem: "is no plain state dict: \(problem); nothing of it was executed",
      remedy: "Save the model as safetensors, or its state_dict alone with torch.save.")
  }

  mutating func pop() throws(ModelError) -> PickleValue {
    guard stack.count > (marks.last ?? 0), let value = stack.popLast() else {
      throw fault("it takes a value from an empty stack at byte \(reader.offset)")
    }
    return value
  }

  mutating func push(_ value: PickleValue) { stack.append(value) }

  /// The values above the last mark.
  private mutating func popMark() throws(ModelError) -> [PickleValue] {
    guard let mark = marks.popLast() else {
      throw fault("it goes back to a mark that is not there at byte \(reader.offset)")
    }
    defer { stack.removeSubrange(mark...) }
    return Array(stack[mark...])
  }
}

// MARK: - Values

extension PickleMachine {
  private mutating func literal(_ opcode: PickleOpcode) throws(ModelError) -> PickleValue {
    switch opcode {
    case .none: .none
    case .newTrue: .bool(true)
    case .newFalse: .bool(false)
    case .binInt: .int(Int(try reader.read(Int32.self)))
    case .binInt1: .int(try reader.byte())
    case .binInt2: .int(Int(try reader.read(UInt16.self)))
    case .long1: Self.integer(try reader.bytes(try reader.byte(), "an integer"))
    case .binFloat: .double(Double(bitPattern: try reader.read(UInt64.self).byteSwapped))
    default: .string(try text(opcode))
    }
  }

  private mutating func text(_ opcode: PickleOpcode) throws(ModelError) -> String {
    let length: Int?
    switch opcode {
    case .shortBinUnicode, .shortBinString, .shortBinBytes: length = try reader.byte()
    case .binUnicode8: length = Int(exactly: try reader.read(UInt64.self))
    default: length = Int(try reader.read(UInt32.self))
    }
    return try reader.text(length ?? .max, "a text")
  }

  /// A two's complement integer, lowest byte first.
  private static func integer(_ bytes: [UInt8]) -> PickleValue {
    guard bytes.count <= 8 else { return .long(bytes) }
    let bits = bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    let unused = UInt64(64 - 8 * bytes.count)
    return .int(unused == 64 ? 0 : Int(truncatingIfNeeded: bits << unused) >> Int(unused))
  }
}

// MARK: - Containers and memory

extension PickleMachine {
  private mutating func build(_ opcode: PickleOpcode) throws(ModelError) {
    switch opcode {
    case .emptyTuple: push(.tuple(heap.add([])))
    case .tuple: push(.tuple(heap.add(try popMark())))
    case .tuple1, .tuple2, .tuple3:
      var parts: [PickleValue] = []
      for _ in PickleOpcode.tuple1.rawValue...opcode.rawValue { parts.append(try pop()) }
      push(.tuple(heap.add(parts.reversed())))
    case .emptyList: push(.list(heap.add([])))
    case .append: try extend([try pop()])
    case .appends: try extend(try popMark())
    case .emptyDict: push(makeDictionary())
    case .setItem:
      let value = try pop()
      try set([try pop(), value])
    default: try set(try popMark())
    }
  }

  mutating func makeDictionary() -> PickleValue {
    heap.dictionaries.append([])
    return .dictionary(heap.dictionaries.count - 1)
  }

  private mutating func extend(_ values: [PickleValue]) throws(ModelError) {
    guard case .list(let place) = stack.last else { throw fault("it appends to no list") }
    heap.lists[place] += values
  }

  private mutating func set(_ pairs: [PickleValue]) throws(ModelError) {
    guard case .dictionary(let place) = stack.last, pairs.count % 2 == 0 else {
      throw fault("it sets items of no dictionary")
    }
    for index in stride(from: 0, to: pairs.count, by: 2) {
      heap.dictionaries[place].append((pairs[index], pairs[index + 1]))
    }
  }

  private mutating func remember(_ opcode: PickleOpcode) throws(ModelError) {
    let place: UInt32
    switch opcode {
    case .binPut, .binGet: place = UInt32(try reader.byte())
    case .memoize: place = UInt32(memo.count)
    default: place = try reader.read(UInt32.self)
    }
    if opcode == .binGet || opcode == .longBinGet {
      guard let value = memo[place] else { throw fault("it recalls \(place), which is not stored") }
      push(value)
    } else {
      guard let value = stack.last else { throw fault("it stores a value that is not there") }
      memo[place] = value
    }
  }
}
