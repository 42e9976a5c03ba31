import Stages
public import Tensors

/// A state dict that `torch.save` wrote (`.bin`, `.pt`, `.pth`), read without executing anything.
///
/// Both forms are read: the zip archive of PyTorch 1.6 and later, and the row of pickles before it.
/// A dictionary that holds the state dict among other things is looked through, and entries that
/// are no tensors are left out. Values stay in the memory-mapped file until they are asked for.
public struct PickleFile: TensorFile {
  /// The path it was opened by.
  public let path: String
  /// The tensors in the order of the state dict.
  public let tensors: [StoredTensor]
  private let places: [String: StoredNumbers]
  private let order: [String: Int]

  /// Opens a file and runs its pickle.
  /// - Throws: `ModelError.unreadable`, `.corrupt`, or `.unsupported` naming what the pickle asks
  ///   for beyond tensors, such as a function.
  public init(_ path: String) throws(ModelError) {
    self.path = path
    let file = try TensorFiles.map(path)
    let isZip = file.count >= 4 && ByteReader.bytes(of: file, in: 0..<2) == Array("PK".utf8)
    let content =
      isZip ? try PickleContent(zip: file, path: path) : try PickleContent(legacy: file, path: path)
    var tensors: [StoredTensor] = []
    var places: [String: StoredNumbers] = [:]
    for (name, tensor) in try StateDictionary.find(in: content.root, content.heap, path: path) {
      let numbers = try content.numbers(of: tensor, named: name)
      guard places.updateValue(numbers, forKey: name) == nil else {
        throw ModelError(
          .corrupt, file: path, problem: "holds the tensor \(name) twice",
          remedy: "Fetch or save the file again.")
      }
      tensors.append(
        StoredTensor(
          name: name, format: tensor.format, shape: tensor.shape, bytes: numbers.range))
    }
    self.tensors = tensors
    self.places = places
    order = Dictionary(
      tensors.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// The tensor of a name, or nil.
  public subscript(name: String) -> StoredTensor? { order[name].map { tensors[$0] } }

  /// Where the numbers of a tensor lie.
  /// - Throws: `ModelError.mismatch` if there is no such tensor.
  public func numbers(_ name: String) throws(ModelError) -> StoredNumbers {
    guard let numbers = places[name] else { throw missing(name) }
    return numbers
  }
}

/// What the pickle of a file describes, and where the bytes of its storages are.
struct PickleContent {
  let root: PickleValue
  let heap: PickleHeap
  private let file: MappedFile
  private let path: String
  private let isBigEndian: Bool
  private let storages: [String: Range<Int>]

  /// An archive: `…/data.pkl`, a file a storage below `…/data/`, and the order of bytes.
  init(zip file: MappedFile, path: String) throws(ModelError) {
    let entries = try ZipArchive(file, path: path).entries
    let pickles = entries.filter { FilePaths.name($0.key) == "data.pkl" }
    guard let pickle = pickles.min(by: { $0.key.utf8.count < $1.key.utf8.count }) else {
      throw ZipArchive.corrupt(path, "its zip archive holds no data.pkl")
    }
    let folder = String(pickle.key.dropLast("data.pkl".count))
    var machine = PickleMachine(
      ByteReader(file, path: path, part: "pickle", range: pickle.value))
    root = try machine.run()
    heap = machine.heap
    var storages: [String: Range<Int>] = [:]
    for (name, range) in entries where name.hasPrefix(folder + "data/") {
      storages[String(name.dropFirst(folder.count + "data/".count))] = range
    }
    self.storages = storages
    self.file = file
    self.path = path
    let order = entries[folder + "byteorder"].map { ByteReader.bytes(of: file, in: $0.prefix(8)) }
    isBigEndian = order == Array("big".utf8)
  }

  /// A row of pickles: a magic number, a version, the system, the value and the keys of the
  /// storages, whose bytes follow with their counts in front.
  init(legacy file: MappedFile, path: String) throws(ModelError) {
    var machine = PickleMachine(
      ByteReader(file, path: path, part: "pickle", range: 0..<file.count))
    let magic: [UInt8] = [0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19]
    guard let first = try? machine.run(), first == .long(magic), try machine.run() == .int(1001)
    else {
      throw ModelError(
        .corrupt, file: path, problem: "is no file of torch.save",
        remedy: "Fetch or save the file again.")
    }
    let system = try machine.run()
    isBigEndian = (machine.heap.members(system) ?? []).contains {
      $0.key == .string("little_endian") && $0.value == .bool(false)
    }
    root = try machine.run()
    let keys = try machine.run()
    heap = machine.heap
    storages = try Self.storages(heap.elements(keys) ?? [], heap, machine.reader)
    self.file = file
    self.path = path
  }

  /// Where the storages of a row of pickles lie: one behind the other, in the order of the keys.
  private static func storages(
    _ keys: [PickleValue], _ heap: PickleHeap, _ reader: ByteReader
  ) throws(ModelError) -> [String: Range<Int>] {
    var reader = reader
    let widths = heap.storageWidths
    var storages: [String: Range<Int>] = [:]
    for key in keys {
      guard case .string(let name) = key, let width = widths[name] else {
        throw reader.corrupt("it files a storage that is not described")
      }
      let count = Int(truncatingIfNeeded: try reader.read(UInt64.self))
      let (size, overflow) = count.multipliedReportingOverflow(by: width)
      storages[name] = try reader.skip(overflow ? .max : size, "storage \(name)")
    }
    return storages
  }

  /// Where the numbers of a tensor lie, within the bytes of its storage.
  func numbers(of tensor: PickleTensor, named name: String) throws(ModelError) -> StoredNumbers {
    let storage = tensor.storage
    let width = storage.format?.blockBytes ?? 1
    let (total, overflow) = (storage.start + storage.count).multipliedReportingOverflow(by: width)
    guard let range = storages[storage.key], !overflow, total <= range.count else {
      throw ModelError(
        .corrupt, file: path,
        problem: "\(name) needs \(overflow ? "more" : "\(total)") bytes of storage \(storage.key), "
          + "which has \(storages[storage.key]?.count ?? 0)",
        remedy: "Fetch or save the file again.")
    }
    let offset = storage.start * width + tensor.offset * tensor.format.blockBytes
    return StoredNumbers(
      file: file, offset: range.lowerBound + offset, format: tensor.format, shape: tensor.shape,
      strides: tensor.strides, isBigEndian: isBigEndian)
  }
}

extension PickleHeap {
  /// The bytes of one number of each storage.
  fileprivate var storageWidths: [String: Int] {
    var widths: [String: Int] = [:]
    for storage in storages { widths[storage.key] = storage.format?.blockBytes ?? 1 }
    return widths
  }
}
