// Lời của miễn trừ và của hồ sơ lưu kèm tài sản.
import type { Messages } from '../en';

export const waivers: Messages['waivers'] = {
  title: 'Miễn trừ',
  none: 'Chưa có đề nghị miễn trừ.',
  notOver: 'Chỉ thiết bị đã biết chắc quá hạn mới được miễn trừ.',
  state: { waiting: 'Chờ người thứ hai phê duyệt', in_force: 'Đang có hiệu lực', coming: 'Chưa đến ngày', over: 'Đã hết hạn', refused: 'Bị từ chối' },
  span: (from, to) => `${from} đến ${to}`,
  covers: (n) => `${n} tài sản`,
  by: (who) => `người đề nghị ${who}`,
  allowedBy: (who) => `người cho phép ${who}`,
  account: (who) => `tài khoản ${who}`,
  ask: 'Đề nghị miễn trừ',
  askTitle: (tag) => `Miễn trừ cho ${tag}`,
  askText: 'Thiết bị vẫn là quá hạn và vẫn được tính; miễn trừ cho phép giữ lại đến ngày ghi. Phải có người thứ hai phê duyệt.',
  until: 'Ngày cuối',
  requester: 'Người đề nghị (mã cán bộ)',
  approver: 'Người cho phép (mã cán bộ)',
  decide: 'Xem xét',
  decideTitle: (tag) => `Xem xét miễn trừ cho ${tag}`,
  note: 'Ý kiến',
  end: 'Kết thúc hôm nay',
  listTitle: 'Các miễn trừ quy định về tuổi',
  missing: {
    no_asset: 'Tài sản.',
    reversed: 'Ngày cuối sau ngày đầu.',
    too_long: 'Ngày cuối sớm hơn: quy định không cho phép thời hạn này.',
    reason: 'Lý do.',
    approver: 'Người cho phép.',
    document: 'Số quyết định.',
    compensating_control: 'Biện pháp thay thế.',
    own_request: 'Người khác với người đề nghị.',
    not_over: 'Mốc thời gian chứng tỏ đã quá hạn.'
  }
};

export const attachments: Messages['attachments'] = {
  title: 'Hồ sơ kèm theo',
  none: 'Chưa có hồ sơ kèm theo.',
  file: 'Tệp',
  help: (mib) => `PDF, ảnh, tài liệu văn phòng không có macro hoặc văn bản thuần, tối đa ${mib} MiB`,
  note: 'Nội dung',
  add: 'Thêm hồ sơ',
  remove: 'Gỡ bỏ',
  removeOne: (name) => `Gỡ bỏ ${name}`,
  sure: 'Xác nhận gỡ bỏ',
  kind: {
    'application/pdf': 'Tài liệu PDF',
    'image/png': 'Ảnh (PNG)',
    'image/jpeg': 'Ảnh (JPEG)',
    'image/webp': 'Ảnh (WebP)',
    'text/plain': 'Văn bản thuần',
    'application/vnd.oasis.opendocument.text': 'Văn bản (ODT)',
    'application/vnd.oasis.opendocument.spreadsheet': 'Bảng tính (ODS)',
    'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'Văn bản (DOCX)',
    'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'Bảng tính (XLSX)'
  }
};
