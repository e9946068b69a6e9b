// Ảnh hưởng của sự cố một tài sản đến các phụ tải phía sau, trong kế hoạch.
import type { Messages } from '../en';

export const impact: Messages['impact'] = {
  heading: 'Ảnh hưởng dự phòng',
  source: { graph: 'theo sơ đồ cấp nguồn', hand: 'nhập tay', none: 'chưa rõ' },
  byHand: 'nhập tay trong chính sách kế hoạch',
  byHandInstead: (graph: string) => `nhập tay trong chính sách kế hoạch, thay cho mức ${graph} theo sơ đồ`,
  onlyPath: (loads: string) => `là đường cấp duy nhất cho ${loads}`,
  withoutRedundancy: (loads: string) => `trong thời gian thay thế sẽ mất dự phòng: ${loads}`,
  nothing: 'không phụ tải quan trọng nào chỉ phụ thuộc vào nó',
  unknown: 'không có trong sơ đồ đã khai báo và chưa nhập tay: sự cố được tính toàn bộ',
  more: (n: string) => `${n} phụ tải khác`,
  notKept: 'kế hoạch này chưa lưu',
};
