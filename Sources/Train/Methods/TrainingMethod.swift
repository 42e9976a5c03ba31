import Models
public import Stages

/// What is updated: full fine-tuning, the head alone, ….
///
/// A method knows nothing of objectives and loops; it chooses among the parameters of any model.
protocol TrainingMethod: Sendable {
  /// The parameters that training updates, in the model's order.
  /// - Throws: `TrainingError` where the model has none to choose.
  func trainable(of model: any Model) throws(TrainingError) -> [NamedParameter]
}

/// A method's name, parameters and maker.
struct MethodDescriptor: Sendable {
  let component: ComponentDescriptor
  let make: @Sendable (ParameterValues) -> any TrainingMethod
}

/// Every method; a new one is a file in `Methods` and a line here.
let methods: [MethodDescriptor] = [FullMethod.descriptor, HeadMethod.descriptor]

/// What can be updated, for the catalog.
public let trainingMethods: [ComponentDescriptor] = methods.map(\.component)

extension MethodDescriptor {
  /// The method that a pipeline file names.
  static func method(_ component: Component) -> any TrainingMethod {
    guard let descriptor = methods.first(where: { $0.component.name == component.name }) else {
      preconditionFailure("the catalog has no method '\(component.name)'")
    }
    return descriptor.make(component.values)
  }
}
