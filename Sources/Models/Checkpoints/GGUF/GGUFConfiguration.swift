import Records
import Tensors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

extension GGUFArchitecture {
  /// The `config.json` of a file's model.
  func configuration(of file: GGUFFile) throws(ModelError) -> ModelConfiguration {
    var fields: JSONObject = ["model_type": .string(name)]
    for member in fixed.members { fields[member.key] = member.value }
    for (field, keys) in sizes {
      let value = keys.lazy.compactMap { file.value("\(name).\($0)") }.first
      if let value { fields[field] = json(value) }
    }
    guard let words = file["token_embd.weight"], words.shape.count == 2 else {
      throw ModelError(.corrupt, file: file.path, problem: "holds no token_embd.weight")
    }
    fields["vocab_size"] = .integer(words.shape[0])
    if let types = file["token_types.weight"], types.shape.count == 2 {
      fields["type_vocab_size"] = .integer(types.shape[0])
    }
    fields["tie_word_embeddings"] = .bool(try isTied(file))
    for (field, key) in Self.tokens {
      if let token = file.value("tokenizer.ggml.\(key)")?.integer {
        fields[field] = .integer(token)
      }
    }
    if let scaling = try rotaryScaling(file) { fields["rope_scaling"] = .object(scaling) }
    return ModelConfiguration(fields, file: file.path)
  }

  private static let tokens = [
    ("bos_token_id", "bos_token_id"), ("eos_token_id", "eos_token_id"),
    ("pad_token_id", "padding_token_id"),
  ]

  /// A number as JSON; the same number for each layer where the file lists one a layer.
  private func json(_ value: GGUFValue) -> JSONValue {
    switch value {
    case .integer(let number): .integer(number)
    // The shortest spelling of a 32-bit number, not that of its 64-bit neighbour.
    case .real(let number): .real(Double("\(Float(number))") ?? number)
    case .bool(let flag): .bool(flag)
    case .text(let text): .string(text)
    case .array(let values): values.first.map { json($0) } ?? .null
    }
  }

  /// Whether the output is the word embedding: where the file has none, or a copy of it.
  private func isTied(_ file: GGUFFile) throws(ModelError) -> Bool {
    guard file["output.weight"] != nil else { return true }
    guard name == GGUFArchitecture.gpt2.name else { return false }
    // llama.cpp's converter writes the tied matrix of GPT-2 twice.
    return try file.numbers("output.weight").hasSameBytes(as: file.numbers("token_embd.weight"))
  }

  /// The `rope_scaling` of a file: written out, or hidden in the factors of Llama 3.
  private func rotaryScaling(_ file: GGUFFile) throws(ModelError) -> JSONObject? {
    if let kind = file.value("\(name).rope.scaling.type")?.text, kind != "none" {
      var scaling: JSONObject = ["rope_type": .string(kind)]
      for (field, key) in [
        ("factor", "factor"), ("original_max_position_embeddings", "original_context_length"),
        ("attention_factor", "attn_factor"), ("beta_fast", "yarn_beta_fast"),
        ("beta_slow", "yarn_beta_slow"),
      ] {
        if let value = file.value("\(name).rope.scaling.\(key)") { scaling[field] = json(value) }
      }
      return scaling
    }
    guard file["rope_freqs.weight"] != nil else { return nil }
    return try Llama3Scaling.found(in: file.tensor("rope_freqs.weight").values, file)
  }
}

/// The frequencies of Llama 3.1 and later, of which a GGUF file holds only the factors.
enum Llama3Scaling {
  /// The scaling whose factors these are; its other numbers are the same in all models of Meta.
  static func found(in factors: [Float], _ file: GGUFFile) throws(ModelError) -> JSONObject {
    let theta = file.value("llama.rope.freq_base")?.real ?? 10_000
    let factor = (Double(factors.max() ?? 1) * 1000).rounded() / 1000
    let expected = (0..<factors.count).map { place in
      let frequency = 1 / pow(theta, Double(place) / Double(factors.count))
      return self.factor(wavelength: 2 * .pi / frequency, factor)
    }
    guard zip(factors, expected).allSatisfy({ abs(Double($0) - $1) <= 1e-4 * $1 }) else {
      throw ModelError(
        .unsupported, file: file.path, problem: "scales its rotations by unknown factors",
        remedy: "Give the model as safetensors.")
    }
    return [
      "rope_type": "llama3", "factor": .real(factor), "low_freq_factor": 1,
      "high_freq_factor": 4, "original_max_position_embeddings": 8192,
    ]
  }

  /// What a frequency is divided by: nothing for short waves, all for long ones, between by share.
  private static func factor(wavelength: Double, _ factor: Double) -> Double {
    let (low, high, original) = (1.0, 4.0, 8192.0)
    if wavelength < original / high { return 1 }
    if wavelength > original / low { return factor }
    let share = (original / wavelength - low) / (high - low)
    return 1 / ((1 - share) / factor + share)
  }
}
