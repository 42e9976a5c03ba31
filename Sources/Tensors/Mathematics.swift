internal import Glibc

func exponential(_ x: Float) -> Float { expf(x) }
func logOnePlus(_ x: Float) -> Float { log1pf(x) }
