// Công suất thường dùng của thiết bị, theo mẫu máy.
import type { Messages } from '../en';

export const power: Messages['power'] = {
  draw: 'Công suất thường dùng',
  kw: (n) => `${n} kW`,
  of: (used, total) => `${used} trên ${total}`,
  estimated: (watts) => `trong đó ước tính ${watts}`,
  unknown: (_n, shown) => `${shown} thiết bị chưa rõ công suất`,
  estimatedShort: (watts) => `ước tính ${watts}`,
  unknownShort: (n) => `${n} chưa rõ`,
  atSite: (site) => `Công suất thiết bị dùng chung, ${site}`,
  noTotal: 'chưa khai báo công suất UPS',
  byModels: 'Theo mẫu máy của thiết bị đã lắp:',
  besideMeasured: 'Đo tại PDU; theo mẫu máy của thiết bị đã lắp:',
  how: (share) => `Công suất thường dùng lấy theo công bố của hãng cho mẫu máy. Nếu hãng chỉ công bố công suất tối đa thì lấy ${share} và ghi là ước tính; nếu không có cả hai thì coi là chưa rõ và được đếm.`,
};
