import Tensors

/// The `README.md` of an adapter: what it is, and how it is used.
struct AdapterCard {
  let base: String?
  let method: String
  let model: any Model
  let trained: Int

  /// The card as markdown with the front matter that the hub reads.
  var text: String {
    """
    ---
    library_name: peft
    \(base.map { "base_model: \($0)\n" } ?? "")tags:
    - \(method.lowercased())
    - anneal
    ---

    # Adapter

    An adapter (\(method)) of \(base.map { "`\($0)`" } ?? "a model"), \
    trained with Anneal.
    It holds \(trained) trained values; the model has \
    \(model.parameters.reduce(0) { $0 + $1.tensor.count }).

    ```sh
    anneal forward --model BASE --adapter THIS-FOLDER
    anneal export BASE --adapter THIS-FOLDER --merge --out MERGED
    ```

    ```python
    from peft import PeftModel
    model = PeftModel.from_pretrained(base_model, "THIS-FOLDER")
    ```

    """
  }
}
