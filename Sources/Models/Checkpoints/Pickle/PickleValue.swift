import Tensors

/// A value on the stack of the pickle machine.
///
/// Containers and tensors are places in a `PickleHeap`: pickles nest and refer to themselves, and a
/// value that owned its parts could exhaust the stack when it goes.
enum PickleValue: Equatable {
  case none
  case bool(Bool)
  case int(Int)
  case double(Double)
  /// An integer beyond 64 bits, lowest byte first.
  case long([UInt8])
  case string(String)
  case global(PickleGlobal)
  case tuple(Int)
  case list(Int)
  case dictionary(Int)
  case storage(Int)
  case tensor(Int)
}

/// The containers, storages and tensors of a pickle, in the order they were made.
struct PickleHeap {
  var lists: [[PickleValue]] = []
  var dictionaries: [[(key: PickleValue, value: PickleValue)]] = []
  private(set) var storages: [PickleStorage] = []
  private(set) var tensors: [PickleTensor] = []

  mutating func add(_ elements: [PickleValue]) -> Int {
    lists.append(elements)
    return lists.count - 1
  }

  mutating func add(_ storage: PickleStorage) -> PickleValue {
    storages.append(storage)
    return .storage(storages.count - 1)
  }

  mutating func add(_ tensor: PickleTensor) -> PickleValue {
    tensors.append(tensor)
    return .tensor(tensors.count - 1)
  }

  /// The elements of a tuple or list.
  func elements(_ value: PickleValue) -> [PickleValue]? {
    switch value {
    case .tuple(let place), .list(let place): lists[place]
    default: nil
    }
  }

  /// The integers of a tuple or list of these.
  func integers(_ value: PickleValue) -> [Int]? {
    guard let elements = elements(value) else { return nil }
    var integers: [Int] = []
    for element in elements {
      guard case .int(let integer) = element else { return nil }
      integers.append(integer)
    }
    return integers
  }

  /// The members of a dictionary.
  func members(_ value: PickleValue) -> [(key: PickleValue, value: PickleValue)]? {
    if case .dictionary(let place) = value { dictionaries[place] } else { nil }
  }
}

/// Memory that tensors of a pickle are views of.
struct PickleStorage {
  /// The name under which its bytes are filed.
  let key: String
  /// How its numbers are spelled; nil for bytes without a type.
  let format: NumberFormat?
  /// How many numbers, or bytes without a type, it claims.
  let count: Int
  /// Where this storage begins in the one that is filed, for views of storages in old files.
  var start = 0
}

/// A view of a storage.
struct PickleTensor {
  let storage: PickleStorage
  let format: NumberFormat
  let offset: Int
  let shape, strides: [Int]
}

/// The names that a state dict may import; each stands for what it does, and nothing is called.
enum PickleGlobal: Equatable {
  case orderedDictionary
  case rebuildTensor
  case rebuildTypedTensor
  case rebuildParameter
  case size
  case device
  case storage(NumberFormat?)
  case type(NumberFormat)

  /// The meaning of an imported name; nil for names that are refused.
  init?(module: String, name: String) {
    switch (module, name) {
    case ("collections", "OrderedDict"): self = .orderedDictionary
    case ("torch._utils", "_rebuild_tensor"), ("torch._utils", "_rebuild_tensor_v2"):
      self = .rebuildTensor
    case ("torch._utils", "_rebuild_tensor_v3"): self = .rebuildTypedTensor
    case ("torch._utils", "_rebuild_parameter"), ("torch._utils", "_rebuild_parameter_with_state"):
      self = .rebuildParameter
    case ("torch", "Size"): self = .size
    case ("torch", "device"): self = .device
    case ("torch", "UntypedStorage"), ("torch.storage", "UntypedStorage"): self = .storage(nil)
    case ("torch", _), ("torch.cuda", _):
      if let format = Self.storages[name] {
        self = .storage(format)
      } else if let format = Self.types[name] {
        self = .type(format)
      } else {
        return nil
      }
    default: return nil
    }
  }

  private static let storages: [String: NumberFormat] = [
    "DoubleStorage": .f64, "FloatStorage": .f32, "HalfStorage": .f16, "BFloat16Storage": .bf16,
    "LongStorage": .i64, "IntStorage": .i32, "ShortStorage": .i16, "CharStorage": .i8,
    "ByteStorage": .u8, "BoolStorage": .bool,
  ]

  private static let types: [String: NumberFormat] = [
    "float64": .f64, "float32": .f32, "float16": .f16, "bfloat16": .bf16, "int64": .i64,
    "int32": .i32, "int16": .i16, "int8": .i8, "uint64": .u64, "uint32": .u32, "uint16": .u16,
    "uint8": .u8, "bool": .bool,
  ]
}
