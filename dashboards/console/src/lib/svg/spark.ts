// The path of a sparkline. Pure.

/** The line through the known values; each gap begins a new stroke. A lone value is a dot. */
export function sparkPath(values: (number | null | undefined)[], width: number, height: number): string {
  const known = values.filter((value): value is number => typeof value === 'number' && Number.isFinite(value));
  if (known.length === 0) return '';
  const low = Math.min(...known);
  const high = Math.max(...known);
  const margin = 2;
  const x = (index: number) => (values.length < 2 ? width / 2 : (index / (values.length - 1)) * width);
  const y = (value: number) => (high === low ? height / 2 : margin + (1 - (value - low) / (high - low)) * (height - 2 * margin));
  let path = '';
  let drawing = false;
  values.forEach((value, index) => {
    if (typeof value !== 'number' || !Number.isFinite(value)) {
      drawing = false;
      return;
    }
    const point = `${x(index).toFixed(1)} ${y(value).toFixed(1)}`;
    if (drawing) path += `L${point}`;
    else {
      const lone = typeof values[index + 1] !== 'number';
      path += `M${point}${lone ? 'h0.1' : ''}`;
    }
    drawing = true;
  });
  return path;
}
