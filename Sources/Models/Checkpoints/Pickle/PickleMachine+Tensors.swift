import Tensors

/// What the imported names of a state dict mean.
extension PickleMachine {
  mutating func interpret(_ opcode: PickleOpcode) throws(ModelError) {
    switch opcode {
    case .global:
      let module = try reader.line()
      push(.global(try global(module, try reader.line())))
    case .stackGlobal:
      guard case .string(let name) = try pop(), case .string(let module) = try pop() else {
        throw fault("it imports something without a name")
      }
      push(.global(try global(module, name)))
    case .reduce:
      let arguments = try pop()
      guard case .global(let global) = try pop(), let values = heap.elements(arguments) else {
        throw refused("it calls something that is no name")
      }
      push(try meaning(of: global, values))
    case .build:
      // The attributes of an ordered dictionary (`_metadata`) say nothing about its tensors.
      _ = try pop()
    default: push(heap.add(try storage(try pop())))
    }
  }

  private func global(_ module: String, _ name: String) throws(ModelError) -> PickleGlobal {
    guard let global = PickleGlobal(module: module, name: name) else {
      throw refused("it asks for \(module).\(name)")
    }
    return global
  }

  private mutating func meaning(
    of global: PickleGlobal, _ arguments: [PickleValue]
  ) throws(ModelError) -> PickleValue {
    switch global {
    case .orderedDictionary:
      let dictionary = makeDictionary()
      guard let pairs = arguments.first else { return dictionary }
      return try filled(dictionary, with: pairs)
    case .rebuildTensor: return heap.add(try view(arguments))
    case .rebuildTypedTensor:
      guard arguments.count >= 7, case .global(.type(let format)) = arguments[6] else {
        throw refused("it holds a tensor of unknown numbers")
      }
      return heap.add(try view(arguments, as: format))
    case .rebuildParameter:
      guard case .tensor = arguments.first else { throw fault("a parameter without a tensor") }
      return arguments[0]
    case .size: return arguments.first ?? .tuple(heap.add([]))
    case .device: return .none
    case .storage, .type: throw refused("it calls the name of a number format")
    }
  }

  /// An ordered dictionary of a list of pairs, as Python 2 wrote it.
  private mutating func filled(
    _ dictionary: PickleValue, with pairs: PickleValue
  ) throws(ModelError) -> PickleValue {
    guard case .dictionary(let place) = dictionary, let pairs = heap.elements(pairs) else {
      throw fault("an ordered dictionary of no pairs")
    }
    for pair in pairs {
      guard let parts = heap.elements(pair), parts.count == 2 else {
        throw fault("an ordered dictionary of no pairs")
      }
      heap.dictionaries[place].append((parts[0], parts[1]))
    }
    return dictionary
  }

  /// The storage of a persistent id: `("storage", type, key, device, count)`, and in old files a
  /// view `(key, offset, count)` into it.
  private func storage(_ identifier: PickleValue) throws(ModelError) -> PickleStorage {
    guard let parts = heap.elements(identifier), parts.count >= 5,
      parts[0] == .string("storage"), case .global(.storage(let format)) = parts[1],
      case .string(let key) = parts[2], case .int(let count) = parts[4], count >= 0
    else { throw fault("a storage is not described as torch does") }
    guard parts.count > 5, let view = heap.elements(parts[5]), view.count == 3 else {
      return PickleStorage(key: key, format: format, count: count)
    }
    guard case .int(let start) = view[1], case .int(let size) = view[2], start >= 0, size >= 0,
      start <= count, size <= count - start
    else { throw fault("a view of storage \(key) lies outside it") }
    return PickleStorage(key: key, format: format, count: size, start: start)
  }

  /// The tensor of `(storage, offset, size, stride, …)`, which must lie within its storage.
  private func view(
    _ arguments: [PickleValue], as type: NumberFormat? = nil
  ) throws(ModelError) -> PickleTensor {
    guard arguments.count >= 4, case .storage(let place) = arguments[0],
      case .int(let offset) = arguments[1], let shape = heap.integers(arguments[2]),
      let strides = heap.integers(arguments[3]), shape.count == strides.count,
      shape.count <= 64
    else { throw fault("a tensor is not described as torch does") }
    let storage = heap.storages[place]
    guard let format = type ?? storage.format else {
      throw fault("a tensor of bytes without a type")
    }
    let bytes = storage.count.multipliedReportingOverflow(by: storage.format?.blockBytes ?? 1)
    let room = bytes.overflow ? 0 : bytes.partialValue / format.blockBytes
    let tensor = PickleTensor(
      storage: storage, format: format, offset: offset, shape: shape, strides: strides)
    guard tensor.fits(room) else {
      throw fault(
        "a tensor of shape \(shape) and strides \(strides) at \(offset) lies outside its storage "
          + "of \(storage.count) values")
    }
    return tensor
  }
}

extension PickleTensor {
  /// Whether all values lie within so many, and are no more than these.
  fileprivate func fits(_ room: Int) -> Bool {
    guard let count = StoredTensor.count(of: shape), count <= room, offset >= 0, offset <= room
    else { return false }
    guard count > 0 else { return true }
    var last = offset
    for (size, stride) in zip(shape, strides) {
      let (step, overflow) = (size - 1).multipliedReportingOverflow(by: stride)
      guard stride >= 0, !overflow, step < room - last else { return false }
      last += step
    }
    return last < room
  }
}
