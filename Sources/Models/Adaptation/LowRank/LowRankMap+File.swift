import Tensors

extension LowRankMap {
  /// A and B as PEFT files them: those of parts below and beside one another, with zeros between.
  func filedMatrices(_ map: Linear, withStart: Bool) -> [AdapterTensor] {
    if withStart, let start { return differences(from: start, map) }
    guard parts.count > 1 || parts[0].up.rows != map.outputs else {
      return [
        AdapterTensor("\(map.name).lora_A.weight", parts[0].down),
        AdapterTensor("\(map.name).lora_B.weight", parts[0].up),
      ]
    }
    let (rank, total) = (parts[0].down.rows, parts.count * parts[0].down.rows)
    return [
      AdapterTensor("\(map.name).lora_A.weight", [total, map.inputs]) {
        Tape.inference().concatenateRows(self.parts.map(\.down))
      } write: { filed in
        for (number, part) in self.parts.enumerated() {
          let rows = (0..<rank).map { Int32(number * rank + $0) }
          part.down.assign(Tape.inference().gather(filed, rows: rows))
        }
      },
      AdapterTensor("\(map.name).lora_B.weight", [map.outputs, total]) {
        var values = [Float](repeating: 0, count: map.outputs * total)
        for (number, part) in self.parts.enumerated() {
          for (place, value) in part.up.values.enumerated() {
            let row = part.firstColumn + place / rank
            values[row * total + number * rank + place % rank] = value
          }
        }
        return Tensor(values, shape: [map.outputs, total])
      } write: { filed in
        let values = filed.values
        for (number, part) in self.parts.enumerated() {
          let own = (0..<part.up.count).map { place in
            values[(part.firstColumn + place / rank) * total + number * rank + place % rank]
          }
          part.up.assign(Tensor(own, shape: part.up.shape))
        }
      },
    ]
  }
}
