// What equipment usually draws, by its model.
export const power = {
  draw: 'Usual draw',
  kw: (n: string) => `${n} kW`,
  of: (used: string, total: string) => `${used} of ${total}`,
  estimated: (watts: string) => `${watts} of it estimated`,
  unknown: (n: number, shown: string) => `${shown} ${n === 1 ? 'device has' : 'devices have'} no known draw`,
  estimatedShort: (watts: string) => `est. ${watts}`,
  unknownShort: (n: string) => `${n} unknown`,
  atSite: (site: string) => `Power of shared equipment, ${site}`,
  noTotal: 'no UPS rating is declared',
  byModels: 'By the models of what is mounted:',
  besideMeasured: 'Measured at the PDUs; by the models of what is mounted:',
  how: (share: string) => `Usual draw is the maker’s figure of the model. Where the maker gives only the most that it draws, ${share} of that is taken and marked as estimated; without either it is unknown and counted.`,
};
