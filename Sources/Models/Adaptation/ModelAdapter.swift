public import Records
public import Tensors

/// What a method has added to a model: what training updates, and how it is filed.
///
/// ```swift
/// let adapter = try LowRankAdapter(LowRankOptions(), to: model, seed: 42)
/// for parameter in adapter.parameters { parameter.tensor.requiresGradient = true }
/// ```
/// The model computes with it from then on; its own parameters stay what they were, but for those
/// that the adapter lists.
public protocol ModelAdapter: Sendable {
  /// What training updates, parameters of the model itself among them.
  var parameters: [NamedParameter] { get }
  /// What the adapter's file holds.
  var tensors: [AdapterTensor] { get }
  /// The fields of `adapter_config.json` that are the method's own.
  var configuration: JSONObject { get }
  /// Whose files it is saved as.
  var layout: AdapterLayout { get }
}

/// Whose files an adapter is saved as.
public enum AdapterLayout: Sendable {
  /// `adapter_model.safetensors` of Hugging Face's PEFT.
  case peft
  /// `adapter.safetensors` and `model_head.safetensors` of AdapterHub's adapters.
  case adapterHub
}

extension ModelAdapter {
  /// PEFT reads most.
  public var layout: AdapterLayout { .peft }
}

/// A tensor of an adapter's file.
public struct AdapterTensor: Sendable {
  /// Its name in the file, without `base_model.model.`.
  public let name: String
  /// Its shape in the file.
  public let shape: [Int]
  /// Whether it is a parameter of the model itself, which AdapterHub files apart.
  let isOfModel: Bool
  /// The values as they are filed.
  public let read: @Sendable () -> Tensor
  /// Takes filed values.
  let write: @Sendable (Tensor) -> Void

  /// A tensor that is filed under another shape or order than it is computed with.
  init(
    _ name: String, _ shape: [Int], isOfModel: Bool = false,
    read: @escaping @Sendable () -> Tensor, write: @escaping @Sendable (Tensor) -> Void
  ) {
    self.name = name
    self.isOfModel = isOfModel
    self.shape = shape
    self.read = read
    self.write = write
  }

  /// A tensor that is filed as it is, or under another shape.
  init(_ name: String, _ tensor: Tensor, shape: [Int]? = nil, isOfModel: Bool = false) {
    let shape = shape ?? tensor.shape
    self.init(name, shape, isOfModel: isOfModel) {
      tensor.reshaped(shape)
    } write: {
      tensor.assign($0.reshaped(tensor.shape))
    }
  }

  /// A matrix that is filed the other way round.
  init(_ name: String, turned tensor: Tensor) {
    self.init(name, tensor.shape.reversed()) {
      tensor.turned
    } write: {
      tensor.assign($0.turned)
    }
  }
}

extension Tensor {
  /// A copy of a matrix with rows and columns exchanged.
  var turned: Tensor {
    let (rows, columns) = (shape[0], shape[1])
    let values = values
    return Tensor(
      (0..<count).map { values[$0 % rows * columns + $0 / rows] }, shape: [columns, rows])
  }
}

extension Model {
  /// The model's own parameters within the named modules, by PEFT's rule: a module's name ends so.
  func parameters(inModules names: [String]) -> [NamedParameter] {
    parameters.filter { parameter in
      guard parameter.isTrainable else { return false }
      var module = parameter.name[...]
      while let dot = module.lastIndex(of: ".") {
        module = module[..<dot]
        if names.contains(where: { module.hasSuffix($0) }) { return true }
      }
      return false
    }
  }
}
