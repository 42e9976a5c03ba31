/// Finds the tensors of a model in what a pickle holds.
struct StateDictionary {
  /// Under which keys training programs file the state dict, the likeliest first.
  private static let wrappers = [
    "state_dict", "model_state_dict", "model", "module", "network", "net", "params", "weights",
  ]

  /// How deep dictionaries are looked through.
  private static let depth = 4

  private let heap: PickleHeap
  /// Dictionaries that were looked through, which may hold one another.
  private var seen: Set<Int> = []

  private init(heap: PickleHeap) { self.heap = heap }

  /// The named tensors of the state dict, in its order.
  ///
  /// It is the outermost dictionary that holds tensors, unless that files another under one of the
  /// usual names. The `module.` that data-parallel training puts before every name is left out.
  /// - Throws: `ModelError.unsupported` where there is no such dictionary.
  static func find(
    in root: PickleValue, _ heap: PickleHeap, path: String
  ) throws(ModelError) -> [(name: String, tensor: PickleTensor)] {
    var search = StateDictionary(heap: heap)
    guard let tensors = search.tensors(in: root, depth: depth) else {
      throw ModelError(
        .unsupported, file: path, problem: "holds no state dict",
        remedy: "Save the model's state_dict with torch.save.")
    }
    let prefix = "module."
    guard tensors.allSatisfy({ $0.name.hasPrefix(prefix) }) else { return tensors }
    return tensors.map { (String($0.name.dropFirst(prefix.count)), $0.tensor) }
  }

  private mutating func tensors(
    in value: PickleValue, depth: Int
  ) -> [(name: String, tensor: PickleTensor)]? {
    guard depth > 0, case .dictionary(let place) = value, seen.insert(place).inserted else {
      return nil
    }
    let members = heap.dictionaries[place]
    for name in Self.wrappers {
      let wrapped = members.last { $0.key == .string(name) }?.value
      if let wrapped, let found = tensors(in: wrapped, depth: depth - 1) { return found }
    }
    let direct = members.compactMap { member -> (name: String, tensor: PickleTensor)? in
      guard case .string(let name) = member.key, case .tensor(let tensor) = member.value else {
        return nil
      }
      return (name, heap.tensors[tensor])
    }
    if !direct.isEmpty { return direct }
    let inner = members.filter { heap.members($0.value) != nil }
    return inner.count == 1 ? tensors(in: inner[0].value, depth: depth - 1) : nil
  }
}
