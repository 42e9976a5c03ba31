import Synchronization
import Tensors

/// Where a sub-layer's result joins the residual: the place of bottleneck adapters.
///
/// `Model.junctions` lists a model's, in the order of the architecture.
public final class Junction: Sendable {
  /// Which sub-layer ends here.
  public enum Kind: Sendable {
    /// Attention to the own sequence, or to the source.
    case attention, crossAttention
    /// The feed-forward network.
    case feedForward
  }

  /// What stands before `adapters.` in the names of AdapterHub's files.
  public let name: String
  /// Which sub-layer ends here.
  public let kind: Kind
  /// The width of what joins.
  public let width: Int
  private let adapted = Mutex<Bottleneck?>(nil)

  init(_ scope: ParameterScope, _ kind: Kind, _ width: Int) {
    name = scope.path
    self.kind = kind
    self.width = width
    scope.register(self)
  }

  var bottleneck: Bottleneck? {
    get { adapted.withLock { $0 } }
    set { adapted.withLock { $0 = newValue } }
  }

  /// norm(residual + dropout(x)), as post-norm layers end.
  func callAsFunction(
    _ tape: Tape, _ x: Tensor, residual: Tensor, _ dropout: Dropout, _ norm: LayerNorm
  ) -> Tensor {
    guard let bottleneck else { return norm(tape, residual: residual, adding: x, dropout) }
    let none = Dropout(0, keys: dropout.keys)
    let added = tape.dropout(x, dropout)
    let changed = bottleneck(tape, added, residual) {
      tape.add(residual, added)
    } joined: {
      norm(tape, residual: residual, adding: added, none)
    }
    guard bottleneck.joinsAfter else { return changed }
    return norm(tape, residual: residual, adding: changed, none)
  }

  /// residual + dropout(map(x)), as attention ends in a pre-norm layer.
  func callAsFunction(
    _ tape: Tape, _ map: Linear, _ x: Tensor, residual: Tensor, _ dropout: Dropout? = nil
  ) -> Tensor {
    guard bottleneck == nil, map.adaptation == nil else {
      return self(tape, map(tape, x), residual: residual, dropout)
    }
    return tape.addLinear(
      x, weight: map.weight, bias: map.bias, layout: map.layout, residual: residual,
      dropout: dropout)
  }

  /// residual + dropout(x), as pre-norm layers end.
  func callAsFunction(
    _ tape: Tape, _ x: Tensor, residual: Tensor, _ dropout: Dropout? = nil
  ) -> Tensor {
    guard let bottleneck else {
      return dropout == nil
        ? tape.add(residual, x) : tape.addDropout(x, residual: residual, dropout: dropout)
    }
    let added = tape.dropout(x, dropout)
    let join = { tape.add(residual, added) }
    let changed = bottleneck(tape, added, residual, added: join, joined: join)
    return bottleneck.joinsAfter ? tape.add(residual, changed) : changed
  }
}
