extension Tape {
  /// One layer of a model: recorded whole, or as a `checkpoint` where the tape was asked for that.
  public func layer(_ body: @escaping (Tape) -> Tensor) -> Tensor {
    checkpointsLayers && isRecording ? checkpoint(body) : body(self)
  }

  /// A part of a network of which only the inputs and the result are kept (Chen, Xu, Zhang, Guestrin
  /// 2016): the backward pass runs it again, with the same dropout, to have what lies between.
  ///
  /// `body` uses the tape it is given, and calls it in the same way each time. Gradients are the same
  /// bits as without: only time is lost, about a third of a step.
  public func checkpoint(_ body: @escaping (Tape) -> Tensor) -> Tensor {
    guard isRecording else { return body(self) }
    let start = dropouts
    let first = Tape(within: self, dropouts: start)
    let result = body(first)
    dropouts = first.dropouts
    guard result.requiresGradient else { return result }
    // The same values under a slot of their own: what lies between goes with the first tape.
    let output = Tensor(storage: result.storage, shape: result.shape, requiresGradient: true)
    append(output.slot) { [again = Tape(within: self, dropouts: start)] gradient in
      let output = body(again)
      again.backward(from: output.slot, adopting: gradient)
    }
    return output
  }
}
