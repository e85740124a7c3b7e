import { Table, type TableColumnsType } from "antd";
import type { ProductCardItem } from "@shared/wire/generated";
import { useText } from "../../../shared/text/language";
import { featureName, percent, productName } from "../../shared/recommender/words";

/** How often each product was offered and wanted, and what speaks for it. */
export function ProductTable({ products }: { products: readonly ProductCardItem[] }) {
  const { t } = useText();
  const columns: TableColumnsType<ProductCardItem> = [
    { title: t("rec.product"), render: (_, { product }) => productName(product, t) },
    { title: t("rec.offers"), dataIndex: "offers" },
    { title: t("rec.interest"), render: (_, { interest_rate }) => percent(interest_rate, 1) },
    {
      title: t("rec.drivers"),
      render: (_, { drivers }) => drivers.map((one) => featureName(one, t) ?? one).join(t("member.join")) || "—",
    },
  ];
  return (
    <section className="el-sheet el-board-table" data-testid="model-products">
      <h2>{t("rec.products")}</h2>
      <Table rowKey="product" size="small" pagination={false} columns={columns} dataSource={[...products]} scroll={{ x: 560 }} />
    </section>
  );
}
