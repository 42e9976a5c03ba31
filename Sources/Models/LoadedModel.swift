/// A model as it was loaded, with what is worth telling about its checkpoint.
public struct LoadedModel: Sendable {
  /// The model.
  public let model: any Model
  /// Names of parameters that the checkpoint lacks and that began fresh, such as a new head.
  public let fresh: [String]
  /// Tensors of the checkpoint that the model has no place for: heads of other tasks.
  public let ignored: [String]
  /// The adapter that was added to it, if one was.
  public let adapter: (any ModelAdapter)?

  /// A model with its report; without one where everything is fresh by intention.
  public init(
    model: any Model, fresh: [String] = [], ignored: [String] = [],
    adapter: (any ModelAdapter)? = nil
  ) {
    self.model = model
    self.fresh = fresh
    self.ignored = ignored
    self.adapter = adapter
  }
}
